using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Tests.Statistics;

public sealed class TemperatureScalingTests
{
    [Fact]
    public void Fit_ThreeOfFourRight_GivesScoresOfThreeQuarters()
    {
        // Every row says label 0 with logit 4; three are right. The likelihood is best where the score is 3/4: 4 / T = ln 3.
        Calibration calibration = TemperatureScaling.Fit([4, 0, 4, 0, 4, 0, 4, 0], [0, 0, 0, 1], 2);
        double expected = 4 / Math.Log(3);
        Assert.True(Math.Abs(calibration.Temperature - expected) <= 1e-9, $"{calibration.Temperature}, expected {expected}");

        double confident = 1 / (1 + Math.Exp(-4));
        Near(-((0.75 * Math.Log(confident)) + (0.25 * Math.Log(1 - confident))), calibration.Before.NegativeLogLikelihood);
        Near(-((0.75 * Math.Log(0.75)) + (0.25 * Math.Log(0.25))), calibration.After.NegativeLogLikelihood);
        Near(confident - 0.75, calibration.Before.ExpectedCalibrationError);
        Near(0, calibration.After.ExpectedCalibrationError);
    }

    [Fact]
    public void Measure_TwoBins_WeighsEachByItsExamples()
    {
        // Scores 0.9 (right twice, wrong once) and 0.6 (wrong): (3 |2/3 - 0.9| + |0 - 0.6|) / 4.
        float sure = (float)Math.Log(9), unsure = (float)Math.Log(1.5);
        CalibrationFigures figures = TemperatureScaling.Measure([sure, 0, 0, sure, sure, 0, unsure, 0], [0, 1, 1, 1], 2, 1);
        Near(((3 * (0.9 - (2.0 / 3))) + 0.6) / 4, figures.ExpectedCalibrationError, 1e-6);
    }

    [Theory]
    [InlineData(1, 0.05)] // all right: no temperature is cold enough
    [InlineData(0, 20)] // all wrong: none is hot enough
    public void Fit_SeparableLogits_EndsAtABound(int label, double expected) =>
        Near(expected, TemperatureScaling.Fit([0, 3, 0, 1], [label, label], 2).Temperature, 1e-9);

    [Fact]
    public void Fit_ThreeLabels_FindsTheMinimumOfTheLikelihood()
    {
        var random = new Random(9);
        float[] logits = [.. Enumerable.Range(0, 300).Select(_ => 6 * random.NextSingle())];
        float[] labels = [.. Enumerable.Range(0, 100).Select(row => random.Next(4) > 0 ? (float)logits.AsSpan(3 * row, 3).IndexOf(logits.Skip(3 * row).Take(3).Max()) : random.Next(3))];
        Calibration calibration = TemperatureScaling.Fit(logits, labels, 3);
        Assert.InRange(calibration.Temperature, 0.06, 19);
        Assert.All((double[])[0.9, 0.99, 1.01, 1.1], factor => Assert.True(
            TemperatureScaling.Measure(logits, labels, 3, factor * calibration.Temperature).NegativeLogLikelihood > calibration.After.NegativeLogLikelihood));
    }

    [Fact]
    public void Fit_WrongShapes_Throws()
    {
        Assert.Throws<ArgumentException>(() => TemperatureScaling.Fit([1, 2, 3], [0, 1], 2));
        Assert.Throws<ArgumentException>(() => TemperatureScaling.Fit([], [], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureScaling.Fit([1, 2], [0, 0], 1));
    }

    private static void Near(double expected, double found, double tolerance = 1e-7) => Assert.True(Math.Abs(expected - found) <= tolerance, $"{found}, expected {expected}");
}
