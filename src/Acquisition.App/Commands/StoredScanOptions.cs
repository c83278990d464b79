using System.CommandLine;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.Core;
using Acquisition.Storage.Shares;

namespace Acquisition.App.Commands;

/// <summary>What the commands have in common that restore a scan from disk: where it lies, where results go, and how it is restored.</summary>
internal sealed class StoredScanOptions
{
    /// <summary>Nothing is received.</summary>
    private const string Needed = "storage";

    private readonly Argument<string> _input = new("INPUT")
    {
        Description = "A run folder or its raw.zarr, OME-Zarr, a TIFF stack (OME, ImageJ or plain), a folder of TIFFs, or an NDTiff folder of Micro-Manager.",
    };

    private readonly Option<string> _output = new("--output") { Description = "Folder for the result; made here. With a plan in it that was cut off, it goes on with that.", HelpName = "FOLDER", Required = true };

    private readonly Option<string?> _config = new("--config") { Description = "Settings. Default: those of the run that is restored, or all defaults.", HelpName = "FILE" };

    private readonly Option<string?> _model = new("--model") { Description = "What restores, instead of the settings' restoration.model.", HelpName = "NAME" };

    private readonly Option<Factors?> _factor = new("--factor")
    {
        Description = "By how much the scan is undersampled, where that is not known or to be another: 1, 2 or 4 on each axis.", HelpName = FactorOption.HelpName,
        CustomParser = result => FactorOption.Parse(result),
    };

    private readonly Option<VoxelSize?> _voxel = new("--voxel") { Description = "Voxel size as scanned, in µm, where the file does not tell it.", HelpName = "z,y,x", CustomParser = ParseVoxel };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_input);
        foreach (Option option in (Option[])[_output, _config, _model, _factor, _voxel]) command.Options.Add(option);
    }

    public string Folder(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(_output)!);

    public RestorableScan Open(ParseResult parsed) => RestorableScan.Open(parsed.GetValue(_input)!, parsed.GetValue(_factor), parsed.GetValue(_voxel));

    public ConfigReading Configure(ParseResult parsed)
    {
        string input = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(_input)!));
        string own = RunFiles.Settings(File.Exists(RunFiles.Settings(input)) ? input : Path.GetDirectoryName(input) ?? input);
        ConfigOverride[] overrides =
        [
            new("storage.root", "--output", Path.GetDirectoryName(Folder(parsed)) ?? "/"),
            .. parsed.GetValue(_model) is { } model ? [new ConfigOverride("restoration.model", "--model", model)] : (ConfigOverride[])[],
        ];
        if (parsed.GetValue(_config) is { } file) return ConfigReader.ReadFile(file, overrides, Check, Needed);
        return File.Exists(own)
            ? ConfigReader.ReadFile(own, overrides, Check, Needed)
            : ConfigReader.Read(ConfigWriter.Write(AppConfig.Draft), "defaults", overrides, Check);
    }

    /// <summary>Only what concerns restoring: addresses and originals are those of a scan.</summary>
    private static IEnumerable<(string Path, string Message)> Check(AppConfig config) => Models.ModelRegistry.Get(config.Restoration.Model).Check(config with { TruthFolder = null });

    private static VoxelSize? ParseVoxel(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (VoxelOrFile.TryReadSize(text, out VoxelSize? size)) return size;
        result.AddError($"--voxel is '{text}'; expected three sizes above 0 in µm, such as 2,0.5,0.5");
        return null;
    }
}
