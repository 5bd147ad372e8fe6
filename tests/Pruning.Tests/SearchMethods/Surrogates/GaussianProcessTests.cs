using Endpoints.Pruning.Algebra;
using Endpoints.Pruning.SearchMethods.Surrogates;

namespace Endpoints.Pruning.Tests.SearchMethods.Surrogates;

public sealed class GaussianProcessTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(23)]
    public void Factor_PositiveDefinite_SolvesAndInverts(int size)
    {
        var random = new Random(size);
        double[][] root = [.. Enumerable.Range(0, size).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5).ToArray())];
        double[][] matrix = [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size)
            .Select(j => root[i].Zip(root[j]).Sum(pair => pair.First * pair.Second) + (i == j ? 1 : 0)).ToArray())];
        double[] wanted = [.. Enumerable.Range(0, size).Select(_ => random.NextDouble())];
        double[] right = [.. matrix.Select(row => row.Zip(wanted).Sum(pair => pair.First * pair.Second))];
        Cholesky factor = Cholesky.Factor([.. matrix.Select(row => row.ToArray())])!;
        Assert.All(factor.Solve(right).Zip(wanted), pair => Assert.Equal(pair.Second, pair.First, 10));
        double[][] inverse = factor.Inverse();
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                Assert.Equal(i == j ? 1 : 0, matrix[i].Select((value, k) => value * inverse[k][j]).Sum(), 10);
            }
        }
    }

    [Fact]
    public void Factor_NotPositiveDefinite_IsNull()
    {
        Assert.Null(Cholesky.Factor([[1, 0], [2, 1]]));
        Assert.Null(Cholesky.Factor([[double.NaN]]));
    }

    [Fact]
    public void Evaluate_Gradient_IsThatOfFiniteDifferences()
    {
        (double[][] inputs, double[] targets) = Sample(12, 3, seed: 1);
        var likelihood = new MarginalLikelihood(inputs, targets);
        double[] parameters = [-0.4, 0.3, -1, 0.5, -2];
        double[] gradient = likelihood.Evaluate(parameters)!.Value.Gradient;
        for (int i = 0; i < parameters.Length; i++)
        {
            const double Step = 1e-5;
            double up = likelihood.Evaluate([.. parameters.Select((value, j) => value + (i == j ? Step : 0))])!.Value.Value;
            double down = likelihood.Evaluate([.. parameters.Select((value, j) => value - (i == j ? Step : 0))])!.Value.Value;
            Assert.Equal((up - down) / (2 * Step), gradient[i], 5);
        }
    }

    /// <summary>One observation y = 2 of unit prior: log N(2; 0, 1.25), by hand.</summary>
    [Fact]
    public void Evaluate_OneObservation_IsTheNormalDensity()
    {
        double value = new MarginalLikelihood([[0.3]], [2]).Evaluate([0, 0, Math.Log(0.25)])!.Value.Value;
        Assert.Equal((-0.5 * 4 / 1.25) - (0.5 * Math.Log(1.25 * 2 * Math.PI)), value, 12);
    }

    [Fact]
    public void Predict_SmoothFunction_IsNearAndSaysWhereItDoesNotKnow()
    {
        (double[][] inputs, double[] targets) = Sample(40, 2, seed: 2);
        GaussianProcess process = GaussianProcess.Fit(inputs, targets, new Random(1))!;
        (double[][] others, double[] expected) = Sample(50, 2, seed: 3);
        double[] errors = [.. others.Zip(expected).Select(pair => Math.Abs(process.Predict(pair.First).Mean - pair.Second))];
        Assert.True(errors.Average() <= 0.1, $"{errors.Average()}");
        int within = others.Zip(errors).Count(pair => pair.Second <= 3 * (process.Predict(pair.First).Deviation + 0.02));
        Assert.InRange(within, 45, 50);
        Assert.All(inputs.Zip(targets), pair => Assert.InRange(process.Predict(pair.First).Mean, pair.Second - 0.1, pair.Second + 0.1));
        Assert.True(process.Predict([3.0, 3.0]).Deviation > 5 * process.Predict(inputs[0]).Deviation);
    }

    [Fact]
    public void Fit_InputThatDoesNotMatter_GetsTheLongerLengthScale()
    {
        var random = new Random(6);
        double[][] inputs = [.. Enumerable.Range(0, 30).Select(_ => new[] { random.NextDouble(), random.NextDouble() })];
        GaussianProcess process = GaussianProcess.Fit(inputs, [.. inputs.Select(input => Math.Sin(6 * input[0]))], new Random(1))!;
        Assert.True(process.LogParameters[1] > process.LogParameters[0] + 1, string.Join(", ", process.LogParameters));
    }

    [Fact]
    public void Fit_ConstantTargets_PredictsTheConstant()
    {
        GaussianProcess process = GaussianProcess.Fit([[0.1], [0.5], [0.9]], [7, 7, 7], new Random(1))!;
        Assert.Equal(7, process.Predict([0.3]).Mean, 9);
    }

    [Fact]
    public void With_BelievedPoint_IsSurerThere()
    {
        (double[][] inputs, double[] targets) = Sample(8, 2, seed: 4);
        GaussianProcess process = GaussianProcess.Fit(inputs, targets, new Random(1))!;
        double[] point = [0.95, 0.05];
        (double mean, double deviation) = process.Predict(point);
        GaussianProcess surer = process.With([.. inputs, point], [.. targets, mean])!;
        Assert.Equal(mean, surer.Predict(point).Mean, 6);
        Assert.True(surer.Predict(point).Deviation < 0.9 * deviation);
    }

    private static (double[][] Inputs, double[] Targets) Sample(int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        double[][] inputs = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimensions).Select(_ => random.NextDouble()).ToArray())];
        return (inputs, [.. inputs.Select(input => Math.Sin(4 * input[0]) + (input[1] * input[1]))]);
    }
}
