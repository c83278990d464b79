using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Torch.Adversarial;

/// <summary>Trains a system before any scan: from report to report, with the weights that did best so far, and checkpoints that go on to the
/// same result. Not thread-safe.</summary>
/// <remarks>Beside libtorch's memory it holds the weights of every network twice; images are the caller's.</remarks>
public sealed class OfflineTrainer : IDisposable
{
    private static ReadOnlySpan<byte> Mark => "acqtrain"u8;

    private readonly AdversarialTraining _training;
    private int _reportsSinceBest;
    private double _bestScore = double.NegativeInfinity;

    /// <exception cref="RestorationException">The libraries cannot be learned from, or the weights to go on from are of another system or preset.</exception>
    public OfflineTrainer(AdversarialSystem system, ImageLibrary input, ImageLibrary target, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        if (system.IsPaired && input.Images.Length != target.Images.Length)
            throw new RestorationException($"{system.Method} learns from pairs, and there are {input.Images.Length} images to restore and {target.Images.Length} that show what results look like.");
        if (options.Start is { } start && (start.Method != system.Method || start.Card.Preset != options.Preset))
            throw new RestorationException($"The weights to go on from are of {start.Method} ({start.Card.Preset}), and {system.Method} ({options.Preset}) is trained.");
        _training = system.Begin(input, target, options);
        Fingerprint = FingerprintOf(system, input, target, options, _training.Steps);
    }

    /// <summary>SHA-256 of everything that decides what comes out: system, options, images; lower-case hex.</summary>
    public string Fingerprint { get; }

    public int Step => _training.Step;

    public int Steps => _training.Steps;

    /// <summary>Whether training is over.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The weights that did best on held-out images, as a safetensors file; empty before the first report.</summary>
    public ReadOnlyMemory<byte> Best { get; private set; }

    /// <summary>Trains until the next report is due.</summary>
    /// <exception cref="RestorationException">A loss is no number any more, or the device fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public TrainingReport Continue(CancellationToken cancellation)
    {
        if (IsOver) throw new InvalidOperationException("Training is over.");
        ImmutableArray<(string Name, double Value)> sums = [];
        int taken = 0;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            ImmutableArray<(string Name, double Value)> losses = _training.Advance();
            sums = taken++ == 0 ? losses : [.. sums.Zip(losses, (sum, loss) => (sum.Name, sum.Value + loss.Value))];
        }
        while (Step < Steps && Step % _training.Options.ReportEvery != 0);

        ImmutableArray<(string Name, double Value)> scores = _training.Judge();
        bool isBest = scores[0].Value > _bestScore;
        if (isBest)
        {
            (_bestScore, _reportsSinceBest) = (scores[0].Value, 0);
            Best = _training.Model(scores).ToSafeTensors();
        }
        else
        {
            _reportsSinceBest++;
        }

        string? why = Step == Steps ? "all steps are taken"
            : _training.Options.Patience > 0 && _reportsSinceBest >= _training.Options.Patience ? $"{scores[0].Name} has not become better for {_reportsSinceBest} reports"
            : null;
        IsOver = why is not null;
        return new TrainingReport(Step, Steps, [.. sums.Select(sum => (sum.Name, sum.Value / taken))], scores, isBest, why);
    }

    /// <inheritdoc cref="AdversarialTraining.Preview"/>
    public ImmutableArray<ImmutableArray<PreviewImage>> Preview() => _training.Preview();

    /// <summary>Writes everything that what is left depends on.</summary>
    public void Save(Stream checkpoint)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Fingerprint);
            writer.Write(IsOver);
            writer.Write(_bestScore);
            writer.Write(_reportsSinceBest);
            writer.Write(Best.Length);
            writer.Write(Best.Span);
            _training.Save(writer);
        }

        checkpoint.Write(Mark);
        checkpoint.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
        content.Position = 0;
        content.CopyTo(checkpoint);
    }

    /// <summary>Goes on where <see cref="Save"/> was called.</summary>
    /// <exception cref="DataFormatException">It is no checkpoint, damaged, or of other images or settings.</exception>
    public void Load(ReadOnlyMemory<byte> checkpoint)
    {
        int start = Mark.Length + SHA256.HashSizeInBytes;
        if (checkpoint.Length < start || !checkpoint.Span.StartsWith(Mark)) throw new DataFormatException("It is no checkpoint.");
        if (!SHA256.HashData(checkpoint.Span[start..]).AsSpan().SequenceEqual(checkpoint.Span[Mark.Length..start]))
            throw new DataFormatException("The checkpoint is damaged: its checksum is not that of its content.");
        using var reader = new BinaryReader(new MemoryStream(checkpoint[start..].ToArray()));
        if (reader.ReadString() != Fingerprint)
            throw new DataFormatException("The checkpoint was made with other images or settings.");
        IsOver = reader.ReadBoolean();
        _bestScore = reader.ReadDouble();
        _reportsSinceBest = reader.ReadInt32();
        Best = reader.ReadBytes(reader.ReadInt32());
        _training.Load(reader);
    }

    public void Dispose() => _training.Dispose();

    private static string FingerprintOf(AdversarialSystem system, ImageLibrary input, ImageLibrary target, TrainingOptions options, int steps) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new
        {
            system.Method,
            Input = input.Card,
            Target = target.Card,
            target.Preparation,
            options.Preset,
            steps,
            options.Seed,
            options.ReportEvery,
            options.Patience,
            options.HeldOutShare,
            options.Overrides,
            Start = options.Start is { } start ? Convert.ToHexStringLower(SHA256.HashData(start.ToSafeTensors())) : "",
            // Another number of threads, or another device, rounds otherwise.
            options.Threads,
            options.Device,
        })));
}
