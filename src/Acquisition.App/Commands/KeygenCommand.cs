using System.CommandLine;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Transport;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition keygen</c>: makes a pair of keys for the sockets of one program.</summary>
internal static class KeygenCommand
{
    public static Command Create(Screen screen)
    {
        var name = new Argument<string>("NAME") { Description = "Path of both files, without their ends; its last part names the key." };
        var command = new Command(
            "keygen", "Makes a pair of keys: NAME.secret, which only this account may read, and NAME.public, for the other side. Replaces nothing.") { name };
        command.SetAction(parsed =>
        {
            try
            {
                KeyPairFiles files = KeyPairFiles.Create(parsed.GetValue(name)!);
                screen.Output.WriteLine($"secret key: {TerminalText.Plain(files.SecretFile)}, for secret_key_file; it stays on this machine");
                screen.Output.WriteLine($"public key: {TerminalText.Plain(files.PublicFile)}, for the other side: its server_key_file, or a line of its allowed_keys_file");
                screen.Output.WriteLine($"            {files.PublicKey}");
                return ExitCode.Ok;
            }
            catch (AcquisitionException error)
            {
                screen.Complain(error.Message);
                return ExitCode.Failed;
            }
        });
        return command;
    }
}
