using Acquisition.Restoration.Uncertainty;
using Xunit;

namespace Acquisition.Tests.Restoration.Uncertainty;

public sealed class ErrorFitTests
{
    private const int Count = 60_000;

    [Fact]
    public void Errors_that_grow_with_brightness_are_found_again()
    {
        var (brightness, gradient, errors) = Draw((b, _) => 0.01 + 0.1 * b);
        ErrorModel model = ErrorFit.Fit(brightness, gradient, errors, gridFactor: 1);

        Assert.True(model.BrightnessWeight > 10 * model.GradientWeight, $"{model.BrightnessWeight} {model.GradientWeight}");
        foreach (double b in (double[])[0.1, 0.3, 0.5, 0.7, 0.9])
            Assert.InRange(model.Predict(model.Score(b, 0.1)) / (0.01 + 0.1 * b), 0.9, 1.1);
        Assert.Equal(0.683, model.HeldOut.WithinOne, 0.01);
        Assert.Equal(0.954, model.HeldOut.WithinTwo, 0.01);
        Assert.InRange(model.HeldOut.Rank, 0.3, 0.6);
    }

    [Fact]
    public void Errors_that_grow_with_the_gradient_are_found_again()
    {
        var (brightness, gradient, errors) = Draw((_, g) => 0.02 + 0.5 * g);
        ErrorModel model = ErrorFit.Fit(brightness, gradient, errors, gridFactor: 1);
        foreach (double g in (double[])[0.05, 0.1, 0.15])
            Assert.InRange(model.Predict(model.Score(0.5, g)) / (0.02 + 0.5 * g), 0.9, 1.1);
    }

    [Fact]
    public void Errors_that_fall_with_brightness_get_no_weight_and_one_size()
    {
        var (brightness, _, errors) = Draw((b, _) => 0.2 - 0.1 * b);
        ErrorModel model = ErrorFit.Fit(brightness, new float[Count], errors, gridFactor: 1);
        Assert.Equal((0, 0), (model.BrightnessWeight, model.GradientWeight));
        Assert.Single(model.Errors);
        Assert.Equal(RootMeanSquare(errors), model.Errors[0], 1e-6);
        Assert.Equal(0, model.HeldOut.Rank);
    }

    [Fact]
    public void The_grid_factor_multiplies_predictions_and_leaves_the_score_alone()
    {
        var (brightness, gradient, errors) = Draw((b, _) => 0.01 + 0.1 * b);
        ErrorModel one = ErrorFit.Fit(brightness, gradient, errors, 1), two = ErrorFit.Fit(brightness, gradient, errors, 2);
        Assert.Equal(one.HeldOut, two.HeldOut);
        Assert.Equal(2, two.GridFactor);
        Assert.All(one.Errors.Zip(two.Errors), pair => Assert.Equal(2 * pair.First, pair.Second, 1e-12));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(129)]
    public void Few_voxels_make_a_short_table(int count)
    {
        var (brightness, gradient, errors) = Draw((b, _) => 0.01 + b);
        ErrorModel model = ErrorFit.Fit(brightness.AsSpan(0, count), gradient.AsSpan(0, count), errors.AsSpan(0, count), 1);
        Assert.InRange(model.Scores.Length, 1, Math.Max(1, count / 64));
        Assert.All(model.Errors, error => Assert.True(double.IsFinite(error)));
    }

    [Fact]
    public void A_volume_of_one_value_restored_without_error_has_none()
    {
        ErrorModel model = ErrorFit.Fit(new float[500], new float[500], new float[500], 1.3);
        Assert.Equal(0, model.Predict(model.Score(0, 0)));
    }

    private static double RootMeanSquare(float[] values) => Math.Sqrt(values.Average(value => (double)value * value));

    private static (float[] Brightness, float[] Gradient, float[] Errors) Draw(Func<double, double, double> deviation)
    {
        var random = new Random(3);
        float[] brightness = new float[Count], gradient = new float[Count], errors = new float[Count];
        for (int i = 0; i < Count; i++)
        {
            (brightness[i], gradient[i]) = (random.NextSingle(), 0.2f * random.NextSingle());
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            errors[i] = (float)Math.Abs(deviation(brightness[i], gradient[i]) * normal);
        }
        return (brightness, gradient, errors);
    }
}
