using Acquisition.App.Commands;
using Acquisition.App.Terminal;

return await CommandLine.RunAsync(args, Screen.OfProcess());
