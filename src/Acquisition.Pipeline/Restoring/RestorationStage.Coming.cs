using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Pipeline.Restoring;

// Volumes that are restored while they come. What waits in the backlog goes first, so this is idle while restoration is behind.
internal sealed partial class RestorationStage
{
    /// <summary>Restores one plane more of a volume that comes, of the first channel that has one.</summary>
    /// <returns>False when there is none, for now.</returns>
    private bool FollowOne(CancellationToken abandon)
    {
        if (_conditioned is not null) return false;
        foreach (ChannelModel channel in _channels)
        {
            if (!channel.IsChosen || channel.Scale is not { } scale) continue;
            StreamedVolume? stream = _streams.Find(s => s.Channel == channel);
            if (stream is { Fault: not "" } || (stream?.Index ?? _coming.First(channel.Channel)) is not { } index || !channel.IsReady(index.T)) continue;
            VolumeBuffer? pixels = _coming.Lend(index, stream?.Planes ?? 0, out bool nextAtHand);
            if (pixels is null) continue;
            try
            {
                if (stream?.Index is null) stream = TryBegin(channel, channel.For(index.T).Model, scale, index);
                stream?.Load(pixels, missing: []);
            }
            finally
            {
                pixels.Release();
            }

            if (stream is null) continue;
            try
            {
                stream.Push(nextAtHand, abandon);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Told when the volume's turn comes: only a stored volume can be counted as skipped.
                stream.Fault = fault.Message;
            }

            return true;
        }

        return false;
    }

    /// <returns><see langword="null"/> when there is no memory for it: the volume is restored when it is stored.</returns>
    private StreamedVolume? TryBegin(ChannelModel channel, TunedModel? model, IntensityScale scale, VolumeIndex index)
    {
        bool isNew = !_streams.Exists(s => s.Channel == channel);
        if (isNew && _streams.Count == _maxStreams && !_streams.Exists(s => s.Index is null)) return null;
        if (_restoredPool.TryRent(_plan.RestoredShape, _plan.PixelType) is not { } output) return null;
        try
        {
            StreamedVolume stream = StreamOf(channel, model, scale);
            stream.Begin(index, output);
            return stream;
        }
        catch (Exception fault) when (fault is AcquisitionException or OutOfMemoryException)
        {
            // The volume's own turn will tell.
            output.Release();
            return null;
        }
    }

    /// <summary>The channel's stream, for this model and scale; one that must make room for it loses the volume that it is at.</summary>
    private StreamedVolume StreamOf(ChannelModel channel, TunedModel? model, IntensityScale scale)
    {
        StreamedVolume? stream = _streams.Find(s => s.Channel == channel);
        if (stream is not null && stream.Scale == scale && stream.Model == model) return stream;
        if (stream is null && _streams.Count == _maxStreams) stream = _streams.Find(s => s.Index is null) ?? _streams[0];
        if (stream is not null)
        {
            _streams.Remove(stream);
            stream.Dispose();
        }

        stream = new StreamedVolume(_plan, channel, model, scale, Floor(scale), _restoration, _options, _clock);
        _streams.Add(stream);
        return stream;
    }
}
