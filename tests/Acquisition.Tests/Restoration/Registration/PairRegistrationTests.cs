using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Registration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Registration;

public sealed class PairRegistrationTests
{
    private static readonly RegistrationOptions Options = new() { Threads = 2 };

    public static TheoryData<int, int, double, double> Shifts => new()
    {
        { 160, 192, 0.3, -0.7 }, { 160, 192, 0.5, 0.5 }, { 96, 96, -2.25, 3.4 }, { 32, 48, 0.4, 0.2 }, { 300, 340, 0.13, -0.41 }, { 300, 340, -30.6, 41.3 }, { 257, 600, 5.55, -17.05 },
    };

    [Theory, MemberData(nameof(Shifts))]
    public void A_shift_by_fractions_of_a_pixel_is_found(int height, int width, double dy, double dx)
    {
        var scene = new BlobScene(height, width, seed: 3, margin: 64);
        using FloatVolume target = scene.Picture(), moving = scene.Picture((_, _) => (dy, dx));
        PairField field = Register(moving, target, 0, 1, Options);
        AssertShift(field, (_, _) => (dy, dx), 0.03);
        Assert.Equal(0, field.RejectedShare);
    }

    [Theory]
    [InlineData(2.5, 0.02)]
    [InlineData(3.5, 0.05)]
    [InlineData(0, 0.2)]
    public void So_it_is_when_one_image_is_blurred_and_both_are_noisy(double blur, double noise)
    {
        var scene = new BlobScene(300, 300, seed: 5);
        using FloatVolume target = scene.Picture(noise: 0.05, seed: 1), moving = scene.Picture((_, _) => (1.37, -2.62), blur, noise, seed: 2);
        PairField field = Register(moving, target, 0, 1, Options);
        AssertShift(field, (_, _) => (1.37, -2.62), 0.1);
        Assert.Equal(0, field.RejectedShare);
    }

    [Theory]
    [InlineData("0.3,-0.7", 0, 0, 0.03)]
    [InlineData("-2.25,3.4", 2, 0.05, 0.1)]
    [InlineData("11.6,-9.3", 1.5, 0.1, 0.1)]
    public void It_agrees_with_scikit_image(string shift, double blur, double noise, double accepted)
    {
        using var oracle = new RestorationOracle();
        string[] found = RestorationOracle.RunScript("registration.py", oracle.Folder, "200,220", shift, blur.ToString(CultureInfo.InvariantCulture), noise.ToString(CultureInfo.InvariantCulture)).Split(' ');
        var shape = new VolumeShape(1, 200, 220);
        using FloatVolume target = oracle.Volume("target", shape), moving = oracle.Volume("moving", shape);
        PairField field = Register(moving, target, 0, 1, Options);
        AssertShift(field, (_, _) => (double.Parse(found[0], CultureInfo.InvariantCulture), double.Parse(found[1], CultureInfo.InvariantCulture)), accepted);
    }

    /// <summary>A magnification by 0.2 %, a turn, and waves of the stage: up to 4 pixels.</summary>
    [Theory]
    [InlineData(2000, 0, 0.15, 0.05)]
    [InlineData(1000, 64, 0.15, 0.1)]
    public void A_smooth_distortion_is_followed(double wave, int border, double worst, double typical)
    {
        var scene = new BlobScene(900, 1000, seed: 7);
        using FloatVolume target = scene.Picture(blur: 2, noise: 0.02, seed: 1), moving = scene.Picture(Distortion, noise: 0.02, seed: 2);
        PairField field = Register(moving, target, 0, 1, Options);
        AssertShift(field, Distortion, worst, border);
        Assert.Equal(0, field.RejectedShare);
        double[] errors = [.. Places(field).Select(place => Off(field, place, Distortion).Length)];
        Assert.InRange(Math.Sqrt(errors.Average(error => error * error)), 0, typical);

        (double Y, double X) Distortion(double y, double x) => (
            2.4 + 0.002 * (y - 450) - 0.0015 * (x - 500) + 0.8 * Math.Sin(2 * Math.PI * x / wave),
            -1.3 + 0.0015 * (y - 450) + 0.002 * (x - 500) + 0.6 * Math.Cos(2 * Math.PI * (x + y) / wave));
    }

    [Fact]
    public void What_is_laid_over_agrees_better_than_what_was()
    {
        var scene = new BlobScene(300, 300, seed: 9);
        using FloatVolume target = scene.Picture(), moving = scene.Picture((y, x) => (0.6 + 0.003 * y, -0.8 + 0.002 * x));
        PairField field = Register(moving, target, 0, 1, Options);
        using var laid = new FloatVolume(target.Shape);
        PairRegistration.Warp(moving.Plane(0), field, laid.Plane(0));
        double before = Error(moving), after = Error(laid);
        Assert.InRange(after / before, 0, 0.06);

        double Error(FloatVolume found)
        {
            PlaneBox inside = field.Usable.Inside;
            double sum = 0;
            for (int y = inside.Y; y < inside.EndY; y++)
            {
                for (int x = inside.X; x < inside.EndX; x++) sum += Math.Pow(found.Plane(0)[y * 300 + x] - target.Plane(0)[y * 300 + x], 2);
            }

            return Math.Sqrt(sum);
        }
    }

    [Fact]
    public void Parabolas_are_laid_over_exactly()
    {
        // Cubic convolution interpolates polynomials of second order without error (Keys 1981).
        static double Light(double y, double x) => 5 + 0.3 * y - 0.2 * x + 0.02 * y * y - 0.015 * y * x + 0.01 * x * x;
        var tiles = new ShiftField(48, 40, 32, new(1.3, -2.4), [new(10, 10, new(1.1, -2.2), new(0.01, 0.01)), new(30, 30, new(1.6, -2.6), new(0.01, 0.01))]);
        var field = new PairField(48, 40, new(1.3, -2.4), tiles, [new(new(0, 0, 48, 40), new(0, 0, 48, 40), null, default, 1, false)]);
        using FloatVolume plane = Volumes.From(new(1, 48, 40), (_, y, x) => Light(y, x)), laid = new(plane.Shape);
        PairRegistration.Warp(plane.Plane(0), field, laid.Plane(0));
        PlaneBox inside = field.Usable.Inside;
        for (int y = inside.Y + 2; y < inside.EndY - 2; y++)
        {
            for (int x = inside.X + 2; x < inside.EndX - 2; x++)
                Assert.Equal(Light(y + field.At(y, x).Y, x + field.At(y, x).X), laid.Plane(0)[y * 40 + x], 1e-4);
        }
    }

    [Fact]
    public void Tiles_that_show_something_else_are_rejected_and_the_others_not()
    {
        BlobScene scene = new(512, 768, seed: 11), other = new(512, 768, seed: 12);
        using FloatVolume target = scene.Picture(noise: 0.02, seed: 1), moving = scene.Picture((_, _) => (1.2, 0.7), noise: 0.02, seed: 2);
        using FloatVolume strange = other.Picture(noise: 0.02, seed: 3);
        for (int y = 0; y < 512; y++) strange.Plane(0).Slice(y * 768 + 384, 384).CopyTo(moving.Plane(0).Slice(y * 768 + 384, 384));
        PairField field = Register(moving, target, 0, 1, Options);
        Assert.All(field.Tiles.Where(tile => tile.Box.X >= 384), tile => Assert.True(tile.IsRejected));
        Assert.All(field.Tiles.Where(tile => tile.Box.EndX <= 384), tile => Assert.False(tile.IsRejected));
        Assert.All(field.Tiles, tile => Assert.Equal(!tile.IsRejected, field.Usable.Holds(new(tile.Cell.Y + 8, tile.Cell.X + 8, tile.Cell.Height - 16, tile.Cell.Width - 16))));
        Shift found = field.At(256, 192);
        Assert.InRange(new Shift(found.Y - 1.2, found.X - 0.7).Length, 0, 0.05);
    }

    [Fact]
    public void Unrelated_images_and_noise_are_rejected_as_a_whole()
    {
        using FloatVolume one = new BlobScene(300, 300, seed: 13).Picture(noise: 0.02), other = new BlobScene(300, 300, seed: 14).Picture(noise: 0.02, seed: 2);
        using FloatVolume noise = Volumes.Random(one.Shape, 1), more = Volumes.Random(one.Shape, 2);
        Assert.Equal(1, Register(one, other, 0, 1, Options).RejectedShare);
        Assert.Equal(1, Register(noise, more, 0, 1, Options).RejectedShare);
    }

    [Fact]
    public void Planes_that_are_too_noisy_one_by_one_are_registered_together()
    {
        var scene = new BlobScene(128, 128, seed: 15);
        using FloatVolume target = scene.Picture(noise: 0.4, seed: 1, planes: 24), moving = scene.Picture((_, _) => (-1.4, 0.8), noise: 0.4, seed: 2, planes: 24);
        var options = Options with { LeastCorrelation = 0.3 };
        AssertShift(Register(moving, target, 0, 24, options), (_, _) => (-1.4, 0.8), 0.1);
        double[] alone = [.. Enumerable.Range(0, 24).Select(z => Off(Register(moving, target, z, 1, options), (64, 64), (_, _) => (-1.4, 0.8)).Length)];
        Assert.True(alone.Average() > 0.1, $"Planes alone are off by {alone.Average()} on average.");
    }

    [Fact]
    public void The_standard_error_is_what_repetition_shows()
    {
        var scene = new BlobScene(128, 128, seed: 17);
        var squares = new List<double>();
        var predicted = new List<double>();
        for (int i = 0; i < 30; i++)
        {
            using FloatVolume target = scene.Picture(noise: 0.2, seed: 2 * i), moving = scene.Picture((_, _) => (0.4, -0.3), noise: 0.2, seed: 2 * i + 1);
            RegisteredTile tile = Assert.Single(Register(moving, target, 0, 1, Options).Tiles);
            squares.Add(Math.Pow(tile.Found!.Value.Y - 0.4, 2) + Math.Pow(tile.Found.Value.X + 0.3, 2));
            predicted.Add(tile.Error.Y * tile.Error.Y + tile.Error.X * tile.Error.X);
        }

        // 60 squares of normal numbers are their variance within 40 %, at five standard deviations within a factor of two.
        Assert.InRange(Math.Sqrt(squares.Average() / predicted.Average()), 0.6, 1.6);
    }

    [Fact]
    public void An_image_and_itself_need_not_be_moved_and_threads_change_nothing()
    {
        var scene = new BlobScene(400, 300, seed: 19);
        using FloatVolume target = scene.Picture(noise: 0.1), moving = scene.Picture((_, _) => (0.7, 0.2), noise: 0.1, seed: 2);
        Assert.InRange(Register(target, target, 0, 1, Options).LargestPx, 0, 1e-3);
        PairField one = Register(moving, target, 0, 1, Options with { Threads = 1 }), three = Register(moving, target, 0, 1, Options with { Threads = 3 });
        Assert.Equal(one.Tiles, three.Tiles);
        Assert.Equal(one.At(17, 250), three.At(17, 250));
    }

    [Fact]
    public void Samples_that_are_not_finite_are_passed_over()
    {
        var scene = new BlobScene(200, 200, seed: 21);
        using FloatVolume target = scene.Picture(), moving = scene.Picture((_, _) => (0.9, -0.4));
        for (int i = 0; i < 400; i++) (target.Plane(0)[i * 97], moving.Plane(0)[i * 83]) = (float.NaN, float.PositiveInfinity);
        AssertShift(Register(moving, target, 0, 1, Options), (_, _) => (0.9, -0.4), 0.05);
    }

    [Fact]
    public void Images_that_cannot_be_registered_say_why()
    {
        using FloatVolume good = new BlobScene(64, 64, seed: 23).Picture(), constant = new(good.Shape), wide = new(new(1, 64, 65)), tiny = new(new(1, 31, 64));
        using FloatVolume nothing = Volumes.From(good.Shape, (_, _, _) => double.NaN);
        Assert.Contains("moving image has nothing", Refusal(constant, good), StringComparison.Ordinal);
        Assert.Contains("target image has nothing", Refusal(good, constant), StringComparison.Ordinal);
        Assert.Contains("target image has nothing", Refusal(good, nothing), StringComparison.Ordinal);
        Assert.Contains("must have one shape", Refusal(good, wide), StringComparison.Ordinal);
        Assert.Contains("32 pixels", Refusal(tiny, tiny), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Register(good, good, 0, 2, Options));
        Assert.Throws<OperationCanceledException>(() => PairRegistration.Register(good, good, 0, 1, Options, new CancellationToken(canceled: true)));
        using FloatVolume laid = new(good.Shape);
        PairField field = Register(good, good, 0, 1, Options);
        Assert.Throws<ArgumentException>(() => PairRegistration.Warp(wide.Plane(0), field, laid.Plane(0)));

        static string Refusal(FloatVolume moving, FloatVolume target) =>
            Assert.Throws<RestorationException>(() => Register(moving, target, 0, 1, Options)).Message;
    }

    private static PairField Register(FloatVolume moving, FloatVolume target, int firstPlane, int planes, RegistrationOptions options) =>
        PairRegistration.Register(moving, target, firstPlane, planes, options, TestContext.Current.CancellationToken);

    private static IEnumerable<(double Y, double X)> Places(PairField field)
    {
        PlaneBox inside = field.Usable.Inside;
        for (int i = 0; i <= 20; i++)
        {
            for (int j = 0; j <= 20; j++) yield return (inside.Y + i / 20.0 * (inside.Height - 1), inside.X + j / 20.0 * (inside.Width - 1));
        }
    }

    private static Shift Off(PairField field, (double Y, double X) place, Func<double, double, (double Y, double X)> wanted)
    {
        Shift found = field.At(place.Y, place.X);
        (double dy, double dx) = wanted(place.Y, place.X);
        return new Shift(found.Y - dy, found.X - dx);
    }

    private static void AssertShift(PairField field, Func<double, double, (double Y, double X)> wanted, double accepted, int border = 0)
    {
        (double worst, var at) = Places(field)
            .Where(place => Math.Min(Math.Min(place.Y, field.Height - 1 - place.Y), Math.Min(place.X, field.Width - 1 - place.X)) >= border)
            .Select(place => (Off(field, place, wanted).Length, place)).Max();
        Assert.True(worst <= accepted, $"At {at} the field is off by {worst:0.000} px; {accepted} is accepted.");
    }
}
