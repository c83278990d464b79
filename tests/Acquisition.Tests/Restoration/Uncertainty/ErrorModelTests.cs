using Acquisition.Core;
using Acquisition.Restoration.Uncertainty;
using Xunit;

namespace Acquisition.Tests.Restoration.Uncertainty;

public sealed class ErrorModelTests
{
    private static readonly ErrorModel Model = new()
    {
        BrightnessWeight = 0.5,
        GradientWeight = 0.25,
        BrightnessOffset = 0.01,
        GradientOffset = 0.002,
        Scores = [-2, -1, 1],
        Errors = [0.01, 0.02, 0.06],
        GridFactor = 1.25,
        HeldOut = new(0.5, 0.7, 0.96),
    };

    [Theory]
    [InlineData(-9, 0.01)]
    [InlineData(-2, 0.01)]
    [InlineData(-1.5, 0.015)]
    [InlineData(-1, 0.02)]
    [InlineData(0, 0.04)]
    [InlineData(1, 0.06)]
    [InlineData(9, 0.06)]
    public void Between_entries_errors_are_interpolated_and_beyond_them_constant(double score, double error) =>
        Assert.Equal(error, Model.Predict(score), 1e-12);

    [Fact]
    public void The_score_is_the_weighted_logarithms()
    {
        Assert.Equal(0.5 * Math.Log(0.41) + 0.25 * Math.Log(0.102), Model.Score(0.4, 0.1), 1e-12);
        Assert.Equal(Model.Score(0, 0.1), Model.Score(-3, 0.1));
    }

    [Fact]
    public void It_comes_back_from_its_text()
    {
        ErrorModel again = ErrorModel.FromText(Model.ToText());
        Assert.Equal(Model.Scores, again.Scores);
        Assert.Equal(Model.Errors, again.Errors);
        Assert.Equal(Model with { Scores = [], Errors = [] }, again with { Scores = [], Errors = [] });
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    public void Other_text_is_refused(string text) => Assert.Throws<DataFormatException>(() => ErrorModel.FromText(text));

    [Fact]
    public void A_table_out_of_order_is_refused()
    {
        Assert.Throws<DataFormatException>(() => ErrorModel.FromText((Model with { Scores = [1, 1, 2] }).ToText()));
        Assert.Throws<DataFormatException>(() => ErrorModel.FromText((Model with { Scores = [] }).ToText()));
        Assert.Throws<DataFormatException>(() => ErrorModel.FromText((Model with { Errors = [1, 2] }).ToText()));
        Assert.Throws<DataFormatException>(() => ErrorModel.FromText((Model with { Errors = [-1, 2, 3] }).ToText()));
    }
}
