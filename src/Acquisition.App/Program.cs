using Acquisition.App;
using Acquisition.App.Commands;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Restoration;

try
{
    CpuEngine.RequireKernels();
}
catch (RestorationException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return ExitCode.Usage;
}
return await CommandLine.RunAsync(args, Screen.OfProcess());
