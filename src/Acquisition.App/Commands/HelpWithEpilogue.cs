using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Acquisition.App.Commands;

/// <summary>The usual help, followed by what is worth knowing about a command beyond its options.</summary>
internal sealed class HelpWithEpilogue(HelpAction help, Func<Command, string> epilogue) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.Write(epilogue(parseResult.CommandResult.Command));
        return result;
    }

    /// <summary>Help is wanted more than a list of what is missing beside it.</summary>
    public override bool ClearsParseErrors => true;
}
