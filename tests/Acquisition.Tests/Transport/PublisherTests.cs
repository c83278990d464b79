using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class PublisherTests : IDisposable
{
    // Listens as a Python user would: subscribe, map the pixels as numpy, say what came.
    private const string Listener = """
        socket = context.socket(zmq.SUB)
        socket.subscribe(sys.argv[2].encode())
        socket.connect(sys.argv[1])
        joined = False
        while True:
            topic, header, *rest = socket.recv_multipart(copy=False)
            header = msgpack.unpackb(header.buffer, raw=False)
            if header["kind"] == "status" and header["state"] == "waiting":
                if not joined:
                    say("joined")
                joined = True
                continue
            answer = [bytes(topic.buffer).decode(), header]
            for part in rest:
                volume = np.frombuffer(part.buffer, dtype=header["dtype"]).reshape(header["shape"])
                weights = np.arange(1, volume.size + 1, dtype=np.float64).reshape(volume.shape)
                answer += [volume.nbytes, float((volume * weights).sum()), float(volume[-1, 0, 1])]
            say(answer)
        """;

    private static readonly RunStatus Waiting = new() { State = RunState.Waiting, Reason = "no scan yet", Elapsed = TimeSpan.Zero };

    private readonly VolumePool _pool = new(1L << 30);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(PixelType.UInt8)]
    [InlineData(PixelType.UInt16)]
    [InlineData(PixelType.Float32)]
    public void A_volume_is_numpy_of_the_shape_and_type_it_says(PixelType type)
    {
        using var publisher = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*" });
        using var python = TransportPython.Start(Listener, publisher.BoundAddress, "acq.");
        PublishUntilJoined(publisher, python);
        RestoredVolume volume = Volume(type, new VolumeShape(20, 96, 64));
        double weighted = Fill(volume.Pixels);

        publisher.Publish(volume);
        publisher.Publish(volume);

        JsonElement heard = python.Hear();
        long bytes = 20L * 96 * 64 * type.Bytes();
        Assert.Equal("acq.cam-1.volume", heard[0].GetString());
        AssertHeader(heard[1], sequence: 0, $$"""
            "kind":"volume","index":{"t":2,"c":1},"shape":[20,96,64],"dims":["z","y","x"],"dtype":"{{type.Name()}}",
             "nbytes":{{bytes}},"voxel_um":{"z":0.625,"y":0.25,"x":0.25},"scale":[4,2,1],"method":"self-vision","predicted":false,
             "provisional":false,"model":"00ff","tuned_on":{"t":0,"c":1},"missing":[1,3],"lag_ms":1250.0,
             "quality":{"residual_rms":3.5,"scale_low":90.0,"scale_high":4095.0,"gauge_model_db":31.25,"gauge_projected_db":29.5,"gauge_carries":0.75,"non_finite_samples":2,"restore_ms":750.0,
              "settings":"abcd","note":"best \u003c"}
            """);
        Assert.Equal(bytes, heard[2].GetInt64());
        Assert.Equal(weighted, heard[3].GetDouble());
        Assert.Equal(1UL, python.Hear()[1].GetProperty("seq").GetUInt64());
        volume.Pixels.Release();
    }

    [Fact]
    public void A_conditioned_volume_says_what_was_corrected()
    {
        using var publisher = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*" });
        using var python = TransportPython.Start(Listener, publisher.BoundAddress, "acq.");
        PublishUntilJoined(publisher, python);
        RestoredVolume volume = Volume(PixelType.UInt8, new VolumeShape(2, 3, 4));
        Fill(volume.Pixels);
        var found = new ConditioningReport
        {
            Steps = ["offset", "line phase", "drift"],
            NonFiniteSamples = 3,
            LinePhase = new LinePhase { EstimatedPx = 0.625, ErrorPx = 0.125, CorrectedPx = 0 },
            Drift = new Drift { Against = new(0, 1), Px = new(null, 1.5, -2), Um = new(null, 0.75, -1), CorrectedPx = new(0, 1.5, -2) },
        };

        publisher.Publish(volume);
        publisher.Publish(volume with { Provenance = volume.Provenance with { Conditioning = found } });
        publisher.Publish(volume with { Provenance = volume.Provenance with { Conditioning = new ConditioningReport { Steps = ["hot pixels"], HotPixels = 7 } } });

        Assert.False(python.Hear()[1].TryGetProperty("conditioning", out _));
        AssertJson("""
            {"steps":["offset","line phase","drift"],"non_finite_samples":3,"hot_pixels":null,"line_phase":{"estimated_px":0.625,"error_px":0.125,"corrected_px":0.0},
             "drift":{"against":{"t":0,"c":1},"px":{"z":null,"y":1.5,"x":-2.0},"um":{"z":null,"y":0.75,"x":-1.0},"corrected_px":{"z":0.0,"y":1.5,"x":-2.0}}}
            """, python.Hear()[1].GetProperty("conditioning"));
        AssertJson("""{"steps":["hot pixels"],"non_finite_samples":0,"hot_pixels":7,"line_phase":null,"drift":null}""", python.Hear()[1].GetProperty("conditioning"));
        volume.Pixels.Release();

        static void AssertJson(string expected, JsonElement heard) =>
            Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(System.Text.Json.Nodes.JsonNode.Parse(expected), System.Text.Json.Nodes.JsonNode.Parse(heard.GetRawText())), heard.GetRawText());
    }

    [Fact]
    public void A_map_of_errors_comes_as_a_fourth_part_with_the_scale_that_reads_it()
    {
        using var publisher = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*" });
        using var python = TransportPython.Start("""
            socket = context.socket(zmq.SUB)
            socket.subscribe(b"acq.")
            socket.connect(sys.argv[1])
            joined = False
            while True:
                topic, header, *rest = socket.recv_multipart()
                header = msgpack.unpackb(header)
                if header["kind"] == "status":
                    if not joined:
                        say("joined")
                    joined = True
                    continue
                scale = header["quality"].get("uncertainty")
                answer = [len(rest), header["nbytes"], scale]
                if scale:
                    steps = np.frombuffer(rest[1], np.uint8).reshape(header["shape"]).astype(float)
                    error = scale["largest"] * 2 ** ((steps - 255) / scale["steps_per_octave"])
                    answer += [error[0, 0, 0], error[-1, -1, -1], int((steps == 0).sum())]
                say(answer)
            """, publisher.BoundAddress);
        PublishUntilJoined(publisher, python);
        RestoredVolume bare = Volume(PixelType.UInt16, new VolumeShape(3, 5, 7));
        VolumeBuffer map = _pool.TryRent(bare.Pixels.Shape, PixelType.UInt8)!;
        bare.Pixels.Clear();
        for (int z = 0; z < 3; z++) map.Plane(z).Fill((byte)(255 - 16 * z));
        map.Plane(1).Clear();
        RestoredVolume volume = bare with
        {
            Uncertainty = map,
            Provenance = bare.Provenance with
            {
                Uncertainty = new UncertaintyScale
                {
                    Method = "m", Largest = 4000, StepsPerOctave = 16, CalibratedOn = new(0, 1),
                    HeldOutRank = 0.5, HeldOutWithinOne = 0.75, HeldOutWithinTwo = 0.9375,
                },
            },
        };

        publisher.Publish(volume);
        publisher.Publish(bare);

        JsonElement heard = python.Hear();
        Assert.Equal((2, 210), (heard[0].GetInt32(), heard[1].GetInt32()));
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse("""
            {"method":"m","largest":4000.0,"steps_per_octave":16,"calibrated_on":{"t":0,"c":1},"held_out_rank":0.5,
             "held_out_within_one":0.75,"held_out_within_two":0.9375}
            """).RootElement, heard[2]), heard[2].GetRawText());
        Assert.Equal((4000.0, 1000.0, 35), (heard[3].GetDouble(), heard[4].GetDouble(), heard[5].GetInt32()));
        JsonElement without = python.Hear();
        Assert.Equal((1, JsonValueKind.Null), (without[0].GetInt32(), without[2].ValueKind));
        volume.Release();
    }

    [Fact]
    public void A_volume_without_weights_has_no_volume_it_was_tuned_on()
    {
        using var publisher = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*", Stream = "out" });
        using var python = TransportPython.Start(Listener, publisher.BoundAddress, "acq.out.");
        PublishUntilJoined(publisher, python);
        RestoredVolume volume = Volume(PixelType.UInt8, new VolumeShape(1, 1, 2));
        volume.Pixels.Clear();

        publisher.Publish(volume with { Provenance = volume.Provenance with { TunedOn = null, ModelSha256 = "", MissingPlanes = [] } });

        JsonElement heard = python.Hear();
        Assert.Equal("acq.out.volume", heard[0].GetString());
        Assert.Equal(JsonValueKind.Null, heard[1].GetProperty("tuned_on").ValueKind);
        Assert.Equal("", heard[1].GetProperty("model").GetString());
        Assert.Equal(0, heard[1].GetProperty("missing").GetArrayLength());
        volume.Pixels.Release();
    }

    [Fact]
    public void A_status_carries_the_whole_state_and_ledger()
    {
        using var publisher = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*" });
        using var python = TransportPython.Start(Listener, publisher.BoundAddress, "acq.");
        PublishUntilJoined(publisher, python);
        var status = new RunStatus
        {
            State = RunState.Finished,
            Reason = "the source fell silent",
            Outcome = RunOutcome.SourceLost,
            Plan = TransportPlans.Full,
            Frames = new FrameLedger
            {
                Received = 10,
                Stored = 7,
                InFlight = 0,
                Refused = Counts(("BadKey", 2), ("Duplicate", 1)),
                RefusedMessages = Counts(("Malformed", 4)),
                Sent = 12,
                LostMessages = 5,
                RepeatedMessages = 6,
                DisorderedMessages = 8,
            },
            Volumes = new VolumeLedger { Assembled = 5, Incomplete = 1, Restored = 2, Previews = 3, Pending = 2, Skipped = Counts(("too few planes", 1)) },
            Queues =
            [
                new QueueStatus("raw", "wait", 1, 2, 3, 4, 5)
                {
                    Alarm = QueueAlarm.High, TimesHigh = 7, TimesFull = 6, TimeInQueue = new TimingSummary("wait in queue 'raw'", 9, 1.5, 2.5, 3.5, 4.5),
                },
                new QueueStatus("restored", "wait", 0, 0, 0, 4, 0),
            ],
            Tuning = new TuningStatus
            {
                Channel = 1,
                Stage = 0,
                Stages = 2,
                Step = 30,
                Steps = 400,
                Loss = 0.5,
                HeldOutDb = 31.5,
                CubicDb = 29,
                ProjectedDb = null,
                Elapsed = TimeSpan.FromSeconds(2.5),
                Remaining = TimeSpan.FromMinutes(1),
            },
            Models =
            [
                new ModelStatus
                {
                    Channel = 0, Method = "self-vision", ModelSha256 = "00ff", TunedOn = new VolumeIndex(0, 0), FromTimePoint = 6, Reason = "beats cubic",
                    HeldOutDb = 32, CubicDb = 30, ProjectedDb = 30.5, Steps = 400, TuningTime = TimeSpan.FromSeconds(60),
                },
            ],
            FramesPerSecond = 40,
            Lag = TimeSpan.FromMilliseconds(250),
            FreeBytes = 1L << 40,
            DiskTimeLeft = TimeSpan.FromHours(1.5),
            RefusedClients = 3,
            Elapsed = TimeSpan.FromSeconds(12.5),
        };

        publisher.Publish(status);
        publisher.Publish(status with { Tuning = null, Lag = null, FreeBytes = null, DiskTimeLeft = null, Outcome = null, Frames = new FrameLedger() });

        JsonElement heard = python.Hear();
        Assert.Equal("acq.cam-1.status", heard[0].GetString());
        AssertHeader(heard[1], sequence: 0, """
            "kind":"status","state":"finished","reason":"the source fell silent","outcome":"source_lost",
             "frames":{"received":10,"stored":7,"in_flight":0,"refused":{"BadKey":2,"Duplicate":1},"refused_messages":{"Malformed":4},
              "sent":12,"lost_messages":5,"repeated_messages":6,"disordered_messages":8},
             "volumes":{"assembled":5,"incomplete":1,"restored":2,"previews":3,"pending":2,"skipped":{"too few planes":1}},
             "queues":[{"name":"raw","policy":"wait","depth":1,"depth_bytes":2,"high_water_bytes":3,"budget_bytes":4,"dropped":5,
               "alarm":"high","times_high":7,"times_full":6,"time_in_queue_ms":{"p50":1.5,"p95":2.5,"p99":3.5,"max":4.5}},
              {"name":"restored","policy":"wait","depth":0,"depth_bytes":0,"high_water_bytes":0,"budget_bytes":4,"dropped":0,
               "alarm":"none","times_high":0,"times_full":0,"time_in_queue_ms":null}],
             "tuning":{"channel":1,"stage":0,"stages":2,"step":30,"steps":400,"loss":0.5,"held_out_db":31.5,"cubic_db":29.0,
              "projected_db":null,"elapsed_s":2.5,"remaining_s":60.0},
             "models":[{"channel":0,"method":"self-vision","model_sha256":"00ff","tuned_on":{"t":0,"c":0},"from_t":6,"reason":"beats cubic",
              "held_out_db":32.0,"cubic_db":30.0,"projected_db":30.5,"steps":400,"tuning_time_s":60.0}],
             "fps":40.0,"lag_ms":250.0,"elapsed_s":12.5,"disk_free_bytes":1099511627776,"disk_time_left_s":5400.0,"unpublished":0,"refused_clients":3
            """);
        JsonElement bare = python.Hear()[1];
        Assert.Equal(1UL, bare.GetProperty("seq").GetUInt64());
        Assert.Equal(JsonValueKind.Null, bare.GetProperty("tuning").ValueKind);
        Assert.Equal(JsonValueKind.Null, bare.GetProperty("lag_ms").ValueKind);
        Assert.Equal(JsonValueKind.Null, bare.GetProperty("disk_free_bytes").ValueKind);
        Assert.Equal(JsonValueKind.Null, bare.GetProperty("disk_time_left_s").ValueKind);
        Assert.Equal(JsonValueKind.Null, bare.GetProperty("outcome").ValueKind);
        Assert.Equal(JsonValueKind.Null, bare.GetProperty("frames").GetProperty("sent").ValueKind);
    }

    [Fact]
    public void A_message_whose_header_is_too_large_is_counted_and_leaves_a_gap()
    {
        using var publisher = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*" });
        using var python = TransportPython.Start(Listener, publisher.BoundAddress, "acq.");
        PublishUntilJoined(publisher, python);
        var status = new RunStatus { State = RunState.Live, Reason = "", Plan = TransportPlans.Full, Elapsed = TimeSpan.Zero };

        publisher.Publish(status with { Reason = new string('x', 70_000) });
        publisher.Publish(status);

        JsonElement heard = python.Hear()[1];
        Assert.Equal((1UL, 1), (heard.GetProperty("seq").GetUInt64(), heard.GetProperty("unpublished").GetInt32()));
        Assert.Equal(1, publisher.Unpublished);
    }

    [Fact]
    public void A_volume_too_large_for_one_message_is_counted_and_leaves_a_gap()
    {
        using var publisher = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*" });
        using var python = TransportPython.Start(Listener, publisher.BoundAddress, "acq.");
        PublishUntilJoined(publisher, python);
        using var largePool = new VolumePool(4L << 30);
        var shape = new VolumeShape(32, 8192, 8192); // 2 GiB, of which no page is ever touched
        RestoredVolume volume = Volume(PixelType.UInt8, new VolumeShape(1, 1, 2)) with { Pixels = largePool.TryRent(shape, PixelType.UInt8)! };

        publisher.Publish(volume);
        publisher.Publish(Waiting with { State = RunState.Live, Plan = volume.Plan });

        JsonElement heard = python.Hear()[1];
        Assert.Equal((1UL, 1), (heard.GetProperty("seq").GetUInt64(), heard.GetProperty("unpublished").GetInt32()));
        volume.Pixels.Release();
    }

    [Fact]
    public void Two_threads_publish_whole_messages_and_nobody_waits_for_a_listener_that_sleeps()
    {
        using var publisher = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*" });
        using var python = TransportPython.Start("""
            socket = context.socket(zmq.SUB)
            socket.setsockopt(zmq.RCVHWM, 2)
            socket.subscribe(b"acq.")
            socket.connect(sys.argv[1])
            socket.recv_multipart()
            say("joined")
            sys.stdin.readline()
            seen = {}
            while socket.poll(2000):
                topic, header, *rest = socket.recv_multipart()
                header = msgpack.unpackb(header)
                assert len(rest) == (header["kind"] == "volume") and all(len(part) == header["nbytes"] for part in rest)
                if header["scan"] != "00000000-0000-0000-0000-000000000000":
                    seen.setdefault(header["kind"], []).append(header["seq"])
            say(seen)
            """, publisher.BoundAddress);
        PublishUntilJoined(publisher, python);
        RestoredVolume volume = Volume(PixelType.UInt16, new VolumeShape(32, 256, 256));
        volume.Pixels.Clear();
        var status = Waiting with { Plan = volume.Plan };

        Parallel.Invoke(
            () => { for (int i = 0; i < 40; i++) publisher.Publish(volume); },
            () => { for (int i = 0; i < 40; i++) publisher.Publish(status); });
        python.Tell("go");

        // 80 messages were sent; what a sleeping listener with small marks still gets is what lay in the queues and buffers.
        JsonElement seen = python.Hear();
        long[] sequences = [.. seen.EnumerateObject().SelectMany(kind => kind.Value.EnumerateArray()).Select(n => n.GetInt64())];
        Assert.InRange(sequences.Length, 1, 60);
        Assert.Equal(sequences.Length, sequences.Distinct().Count());
        Assert.All(sequences, n => Assert.InRange(n, 0, 79));
        volume.Pixels.Release();
    }

    private static ImmutableSortedDictionary<string, long> Counts(params (string Reason, long Count)[] counts) =>
        ImmutableSortedDictionary.CreateRange(counts.Select(c => KeyValuePair.Create(c.Reason, c.Count)));

    private static void PublishUntilJoined(ZmqVolumePublisher publisher, TransportPython python)
    {
        Task<JsonElement> joined = Task.Run(python.Hear, TestContext.Current.CancellationToken);
        do publisher.Publish(Waiting);
        while (!joined.Wait(10, TestContext.Current.CancellationToken));
        Assert.Equal("joined", joined.Result.GetString());
    }

    private static void AssertHeader(JsonElement header, int sequence, string rest)
    {
        string expected = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"v":1,"scan":"{{TransportPlans.ScanId}}","seq":{{sequence}},"t_ns":{{header.GetProperty("t_ns").GetInt64()}},{{rest}}}""");
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, header), header.GetRawText());
    }

    private RestoredVolume Volume(PixelType type, VolumeShape shape) => new()
    {
        Plan = TransportPlans.Full,
        Pixels = _pool.TryRent(shape, type)!,
        Provenance = new Provenance
        {
            Index = new VolumeIndex(2, 1),
            Method = "self-vision",
            ModelSha256 = "00ff",
            TunedOn = new VolumeIndex(0, 1),
            SettingsFingerprint = "abcd",
            MissingPlanes = [1, 3],
            Gauge = new GaugeReading(31.25, 29.5, 0.75),
            NonFiniteSamples = 2,
            ScaleLow = 90,
            ScaleHigh = 4095,
            ResidualRms = 3.5,
            Note = "best <",
            Lag = TimeSpan.FromSeconds(1.25),
            Duration = TimeSpan.FromSeconds(0.75),
        },
    };

    /// <summary>Fills with small whole numbers and returns Σ sample · (1 + its place in z, y, x), exact in double.</summary>
    private static double Fill(VolumeBuffer pixels)
    {
        var random = new Random(Seed: 31);
        double weighted = 0;
        long place = 1;
        for (int z = 0; z < pixels.Shape.Z; z++)
        {
            Span<byte> plane = pixels.Plane(z);
            for (int i = 0; i < pixels.Shape.PlaneVoxels; i++, place++)
            {
                int sample = random.Next(256);
                weighted += (double)sample * place;
                switch (pixels.PixelType)
                {
                    case PixelType.UInt8:
                        plane[i] = (byte)sample;
                        break;
                    case PixelType.UInt16:
                        BitConverter.TryWriteBytes(plane[(2 * i)..], (ushort)sample);
                        break;
                    default:
                        BitConverter.TryWriteBytes(plane[(4 * i)..], (float)sample);
                        break;
                }
            }
        }

        return weighted;
    }
}
