using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class KeyFileTests : IDisposable
{
    private readonly KeyFolder _folder = new();

    public KeyFileTests() => KeyFolder.SkipWithoutCurve();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pair_is_one_of_curve_and_its_secret_half_is_for_this_account_alone()
    {
        KeyPairFiles pair = _folder.Make("camera");

        using var python = TransportPython.Start("say([zmq.curve_public(open(sys.argv[1], 'rb').read().strip()).decode(), open(sys.argv[2]).read()])", pair.SecretFile, pair.PublicFile);
        var told = python.Hear();
        Assert.Equal(pair.PublicKey, told[0].GetString());
        Assert.Equal($"{pair.PublicKey} camera\n", told[1].GetString());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(pair.SecretFile));
    }

    [Theory]
    [InlineData(".secret")]
    [InlineData(".public")]
    public void Keys_that_are_there_are_not_replaced(string end)
    {
        File.WriteAllText(_folder["camera" + end], "precious");

        var fault = Assert.Throws<TransportException>(() => _folder.Make("camera"));

        Assert.Contains("camera" + end, fault.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_folder["camera" + end]));
        Assert.False(File.Exists(_folder["camera" + (end == ".secret" ? ".public" : ".secret")]));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:5555", false)]
    [InlineData("tcp://127.8.9.1:5555", false)]
    [InlineData("tcp://localhost:5555", false)]
    [InlineData("tcp://[::1]:5555", false)]
    [InlineData("ipc:///run/frames", false)]
    [InlineData("tcp://*:5555", true)]
    [InlineData("tcp://0.0.0.0:5555", true)]
    [InlineData("tcp://[::]:5555", true)]
    [InlineData("tcp://eth0:5555", true)]
    [InlineData("tcp://192.168.0.7:5555", true)]
    [InlineData("tcp://127.example.org:5555", true)]
    public void An_address_that_the_network_reaches_is_not_bound_without_keys_unless_it_is_wished(string address, bool isOpen)
    {
        Assert.Equal(isOpen ? ["address"] : [], Faults(new SocketSecurity(), address, bind: true));
        Assert.Empty(Faults(new SocketSecurity(), address, bind: false));
        Assert.Empty(Faults(new SocketSecurity { Insecure = true }, address, bind: true));
    }

    [Fact]
    public void Files_that_do_not_go_together_are_refused()
    {
        KeyPairFiles own = _folder.Make("own"), other = _folder.Make("other");
        SocketSecurity server = _folder.Server(own, other), client = KeyFolder.Client(own, other);

        Assert.Empty(Faults(server, "tcp://*:5555", bind: true));
        Assert.Empty(Faults(client, "tcp://10.0.0.1:5555", bind: false));
        Assert.Equal(["allowed_keys_file", "secret_key_file"], Faults(server, "tcp://10.0.0.1:5555", bind: false));
        Assert.Equal(["server_key_file", "secret_key_file"], Faults(client, "tcp://*:5555", bind: true));
        Assert.Equal(["insecure"], Faults(server with { Insecure = true }, "tcp://*:5555", bind: true));
        Assert.Equal(["allowed_keys_file"], Faults(server with { SecretKeyFile = null, Insecure = true }, "tcp://*:5555", bind: true));
        Assert.Equal(["server_key_file"], Faults(client with { SecretKeyFile = null }, "tcp://10.0.0.1:5555", bind: false));
    }

    [Theory]
    [InlineData("secret_key_file", "", "does not hold a secret key")]
    [InlineData("secret_key_file", "0123456789", "does not hold a secret key")]
    [InlineData("secret_key_file", "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~", "does not hold a secret key")]
    [InlineData("secret_key_file", "########################################", "does not hold a secret key")]
    [InlineData("secret_key_file", null, "cannot be read")]
    [InlineData("allowed_keys_file", "# nobody\n\nnonsense\n", "line 3 is no key")]
    [InlineData("allowed_keys_file", null, "cannot be read")]
    public void A_file_without_keys_is_refused_and_said_where(string key, string? text, string expected)
    {
        SocketSecurity server = _folder.Server(_folder.Make("own"));
        string path = _folder["bad"];
        if (text is not null) File.WriteAllText(path, text);
        server = key == "secret_key_file" ? server with { SecretKeyFile = path } : server with { AllowedKeysFile = path };

        (string blamed, string message) = Assert.Single(server.Faults("tcp://*:5555", bind: true, name => name));

        Assert.Equal(key, blamed);
        Assert.Contains($"'{path}'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_key_that_others_may_read_is_refused_without_being_told()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes of files.");
            return;
        }

        KeyPairFiles own = _folder.Make("own");
        SocketSecurity server = _folder.Server(own);
        File.SetUnixFileMode(own.SecretFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        (string blamed, string message) = Assert.Single(server.Faults("tcp://*:5555", bind: true, name => name));

        Assert.Equal("secret_key_file", blamed);
        Assert.Contains("chmod 600", message, StringComparison.Ordinal);
        Assert.DoesNotContain(KeyFolder.SecretOf(own), message, StringComparison.Ordinal);
        var fault = Assert.Throws<TransportException>(() => new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*", Security = server }));
        Assert.Contains("chmod 600", fault.Message, StringComparison.Ordinal);
    }

    private static string[] Faults(SocketSecurity security, string address, bool bind) => [.. security.Faults(address, bind, name => name).Select(fault => fault.Key)];
}
