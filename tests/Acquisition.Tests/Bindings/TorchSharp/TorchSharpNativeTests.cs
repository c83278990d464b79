using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;

namespace Acquisition.Tests.Bindings.TorchSharp;

/// <summary>What concerns the native library and has no counterpart in the package.</summary>
[Collection(LibTorchPresence.Collection)]
public sealed class TorchSharpNativeTests
{
    private static readonly Assembly Binding = typeof(torch).Assembly;

    [Fact]
    public void Every_operator_has_its_name_in_this_libtorch()
    {
        Type? list = Binding.GetType("TorchSharp.Native.Aten");
        Assert.SkipWhen(list is null, "The TorchSharp package has its own way.");
        LibTorchPresence.Require();
        var missing = new List<string>();
        FieldInfo[] fields = list.GetFields(BindingFlags.Static | BindingFlags.Public);
        foreach (FieldInfo field in fields)
        {
            object op = field.GetValue(null)!;
            try
            {
                op.GetType().GetMethod("Resolve")!.Invoke(op, null);
            }
            catch (TargetInvocationException unknown) when (unknown.InnerException is ExternalException)
            {
                missing.Add(unknown.InnerException.Message);
            }
        }

        Assert.Empty(missing);
        Assert.True(fields.Length > 100);
    }

    [Fact]
    public void An_operator_that_libtorch_lacks_is_named_with_its_version()
    {
        Type? type = Binding.GetType("TorchSharp.Native.AtenOperator");
        Assert.SkipWhen(type is null, "The TorchSharp package has its own way.");
        LibTorchPresence.Require();
        object op = Activator.CreateInstance(type, "no_such_thing.Tensor")!;
        var thrown = Assert.Throws<TargetInvocationException>(() => type.GetMethod("Resolve")!.Invoke(op, null));
        Assert.Equal($"libtorch {torch.__version__} has no operator aten::no_such_thing.Tensor", thrown.InnerException!.Message);
    }

    [Fact]
    public void A_missing_library_is_named_with_the_command_that_installs_it()
    {
        MethodInfo? load = Binding.GetType("TorchSharp.Native.ExternLibrary")?.GetMethod("Load", BindingFlags.Static | BindingFlags.NonPublic);
        Assert.SkipWhen(load is null, "The TorchSharp package has its own way.");

        var thrown = Assert.Throws<TargetInvocationException>(() => load.Invoke(null, ["libabsent.so", Binding]));

        var missing = Assert.IsType<DllNotFoundException>(thrown.InnerException);
        Assert.Contains("libabsent.so", missing.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install g++ libtorch-dev libopenblas0-pthread", missing.Message, StringComparison.Ordinal);
        Assert.Contains("LIBTORCH", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_without_the_library_runs_until_it_needs_it()
    {
        Assert.SkipWhen(Binding.GetType("TorchSharp.Native.ExternLibrary") is null, "The TorchSharp package has its own way.");
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-noColor", "-method", $"{typeof(TorchSharpNativeTests).FullName}.{nameof(In_a_program_without_the_library)}"])
        {
            RedirectStandardOutput = true,
            Environment = { ["ACQUISITION_TORCH_EXTERN"] = "libabsent.so" },
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("Failed: 0, Skipped: 0", output, StringComparison.Ordinal);
        Assert.Contains("Total: 1,", output, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_program_without_the_library()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("ACQUISITION_TORCH_EXTERN") == "libabsent.so", "Runs in the process that another test of this class starts.");
        Assert.Equal("cuda:1", new torch.Device("cuda:1").ToString());
        using (torch.NewDisposeScope()) Assert.Equal(0, torch.CurrentDisposeScope!.DisposablesCount);
        for (int i = 0; i < 2; i++)
        {
            var missing = Assert.Throws<DllNotFoundException>(() => torch.zeros(2));
            Assert.Contains("libabsent.so is not beside the program", missing.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Waiting_threads_of_libtorch_do_not_spin()
    {
        LibTorchPresence.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux() && Binding.GetType("TorchSharp.Native.Aten") is not null, "Only the stand-in sees to that.");
        torch.get_num_threads();
        Assert.Equal("passive", Marshal.PtrToStringUTF8(GetVariable("OMP_WAIT_POLICY")));
        Assert.Equal("3000", Marshal.PtrToStringUTF8(GetVariable("GOMP_SPINCOUNT")));
    }

    [Fact]
    public void The_memory_of_a_device_that_is_not_there_is_an_error_that_says_so()
    {
        MethodInfo? of = Binding.GetType("TorchSharp.Extras.CudaMemory")?.GetMethod("Of");
        Assert.SkipWhen(of is null, "The TorchSharp package cannot tell.");
        LibTorchPresence.Require();
        var thrown = Assert.Throws<TargetInvocationException>(() => of.Invoke(null, [99]));
        Assert.Equal("There is no CUDA device 99.", Assert.IsType<ExternalException>(thrown.InnerException).Message);
    }

    [DllImport("libc", EntryPoint = "getenv")]
    private static extern nint GetVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
