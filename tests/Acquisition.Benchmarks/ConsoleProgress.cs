namespace Acquisition.Benchmarks;

/// <summary>Says on the error output what is being measured, when that changes.</summary>
internal sealed class ConsoleProgress : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine(value);
}
