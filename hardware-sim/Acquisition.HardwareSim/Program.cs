using Acquisition.HardwareSim.Commands;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
