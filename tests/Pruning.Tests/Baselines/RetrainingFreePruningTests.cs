using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Compute.Threads;
using Endpoints.Pruning.Algebra;
using Endpoints.Pruning.Baselines;

namespace Endpoints.Pruning.Tests.Baselines;

public sealed class RetrainingFreePruningTests
{
    [Fact]
    public void Prune_EveryLevel_StaysWithinTheBudgetAndNeverRaisesAnError()
    {
        using var fixture = new PruningFixture();
        int length = (int)Math.Round(fixture.Train.Encodings.Average(encoding => encoding.Ids.Length));
        var cost = MacCost.Of(PruningFixture.Config, length);
        PrunedNetwork[] networks = fixture.Prune("rfp");
        Assert.Equal(10, networks.Length);
        foreach (PrunedNetwork network in networks.Skip(1))
        {
            double spent = network.SubNetwork.Layers.Sum(layer => (layer.Heads.Count * cost.Head) + (layer.Units.Count * cost.Unit));
            Assert.True(spent <= (1 - network.Level) * cost.Total(PruningFixture.Config) * (1 + 1e-12), $"{network.Level}: {spent}");
            Assert.True(network.Details["fisher_error_after"] <= network.Details["fisher_error_before"], $"{network.Level}");
            Assert.True(network.Details["tuning_error_after"] <= network.Details["tuning_error_before"], $"{network.Level}");
            Assert.True(network.Details["tuning_error_after"] > 0, $"{network.Level}");
            Assert.Equal(network.SubNetwork.ConfigOf(PruningFixture.Config), network.Weights!.Config);
        }
    }

    [Fact]
    public void Tune_UnitsThatRepeatOthers_AreMadeUpForExactly()
    {
        using var fixture = new PruningFixture();
        BertParameters parameters = fixture.Parameters.Clone();
        foreach (FeedForwardParameters block in parameters.Layers.Select(layer => layer.FeedForward!))
        {
            // Units 6 to 11 do what 0 to 5 do, so without them each of those is to count twice.
            block.Up.Weight.AsSpan(0, 6 * 16).CopyTo(block.Up.Weight.AsSpan(6 * 16));
            for (int row = 0; row < 16; row++)
            {
                block.Down.Weight.AsSpan(row * 12, 6).CopyTo(block.Down.Weight.AsSpan((row * 12) + 6));
            }
        }

        SubNetwork student = SubNetwork.Small(PruningFixture.Config, 4, 4, 6);
        using var team = new ThreadTeam(2);
        TunedNetwork tuned = new ScaleTuning(parameters, fixture.Train, 8, team).Tune(SubNetwork.Full(PruningFixture.Config), student, CancellationToken.None);
        Assert.True(tuned.ErrorAfter <= 1e-3 * tuned.ErrorBefore, $"{tuned.ErrorAfter} of {tuned.ErrorBefore}");
        float[] expected = Logits(fixture, parameters), found = Logits(fixture, tuned.Weights), untuned = Logits(fixture, SubNetworkExtractor.Extract(parameters, student));
        double left = Distance(expected, found), before = Distance(expected, untuned);
        Assert.True(left <= 0.05 * before, $"logits are {left} from the whole network's, untuned {before}");
    }

    [Fact]
    public void Tune_TeacherIsTheStudent_LeavesTheWeights()
    {
        using var fixture = new PruningFixture();
        SubNetwork student = SubNetwork.Parse("large:h=5/0/f/0,u=f0f/33/0/0", PruningFixture.Config);
        using var team = new ThreadTeam(2);
        TunedNetwork tuned = new ScaleTuning(fixture.Parameters, fixture.Train, 8, team).Tune(student, student, CancellationToken.None);
        Assert.Equal(0, tuned.ErrorBefore);
        Assert.All(
            tuned.Weights.Tensors().Zip(SubNetworkExtractor.Extract(fixture.Parameters, student).Tensors()),
            pair => Assert.Equal(pair.Second.Values, pair.First.Values));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Solve_Scales_AreTheDampedLeastSquaresOfTheExplicitMatrix(int width)
    {
        const int Rows = 30, Inputs = 6, Outputs = 5;
        var random = new Random(3);
        float Next() => (float)((2 * random.NextDouble()) - 1);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
        var projection = new LinearParameters(Outputs, Inputs) { Weight = Draw(Inputs * Outputs) };
        var student = new BlockActivations(Rows, Draw(Rows * Inputs), Draw(Rows * Outputs), []);
        float[] teacher = Draw(Rows * Outputs);
        using var team = new ThreadTeam(2);
        using var fit = new ScaleFit(team, projection, width);
        fit.Add(student, teacher);
        ScaleSolution solution = fit.Solve();

        int n = Inputs / width;
        double[] x = [.. solution.Scales.Select(scale => scale - 1)];
        double error = 0;
        double[] gradient = new double[n];
        for (int row = 0; row < Rows; row++)
        {
            for (int o = 0; o < Outputs; o++)
            {
                double[] a = new double[n];
                for (int i = 0; i < Inputs; i++)
                {
                    a[i / width] += (double)projection.Weight[(o * Inputs) + i] * student.Inner[(row * Inputs) + i];
                }

                double rest = a.Zip(x, (left, right) => left * right).Sum() - (teacher[(row * Outputs) + o] - (double)student.Sum[(row * Outputs) + o]);
                error += rest * rest;
                for (int i = 0; i < n; i++)
                {
                    gradient[i] += a[i] * rest;
                }
            }
        }

        // At the minimum of |Ax - e|² + λ|x|² the gradient is zero.
        Assert.InRange(solution.Damping, 1e-5, 1);
        Assert.All(gradient.Zip(x), pair => Assert.True(Math.Abs(pair.First + (solution.Damping * pair.Second)) <= 1e-4, $"gradient {pair.First} at {pair.Second}"));
        Assert.True(Math.Abs(error - solution.ErrorAfter) <= 1e-4 * error, $"{solution.ErrorAfter}, explicitly {error}");
        Assert.True(solution.ErrorAfter < solution.ErrorBefore);
    }

    [Fact]
    public void Solve_RidgeOfRandomMatrix_SolvesIt()
    {
        const int N = 300;
        var random = new Random(5);
        double[] root = [.. Enumerable.Range(0, N * N).Select(_ => random.NextDouble() - 0.5)];
        double[] gram = new double[N * N], right = [.. Enumerable.Range(0, N).Select(_ => random.NextDouble())];
        for (int i = 0; i < N; i++)
        {
            for (int j = 0; j < N; j++)
            {
                gram[(i * N) + j] = Enumerable.Range(0, N).Sum(k => root[(i * N) + k] * root[(j * N) + k]);
            }
        }

        double[] x = RidgeSolver.Solve(gram, right, 0.5)!;
        for (int i = 0; i < N; i++)
        {
            double found = (0.5 * x[i]) + Enumerable.Range(0, N).Sum(j => gram[(i * N) + j] * x[j]);
            Assert.True(Math.Abs(found - right[i]) <= 1e-9, $"row {i}: {found}, expected {right[i]}");
        }

        Assert.Null(RidgeSolver.Solve([1, 2, 2, 1], [1, 1], 0));
    }

    [Fact]
    public void Search_LatencyBudget_KeepsMostOfAllWaysThatFit()
    {
        // Two layers of 2 heads and 3 units: every mask that keeps the best of each block can be tried.
        double[][] heads = [[5, 1], [2, 4]], units = [[3, 2.5, 0.5], [6, 0.2, 0.1]];
        BlockLatency attention = new(1, 1, 0.75), feedForward = new(0.5, 2, 0.3);
        double whole = 2 * (attention.Of(2) + feedForward.Of(3));
        for (int percent = 0; percent <= 100; percent += 5)
        {
            double budget = whole * percent / 100;
            Masks found = LatencyMaskSearch.Search(heads, units, attention, feedForward, budget + 1e-9);
            double spent = found.Heads.Sum(layer => attention.Of(layer.Count(kept => kept))) + found.Units.Sum(layer => feedForward.Of(layer.Count(kept => kept)));
            Assert.True(spent <= budget + 1e-6, $"{percent} %: {spent} of {budget}");
            Assert.Equal(Best(budget + 1e-9), Value(heads, found.Heads) + Value(units, found.Units), 1e-9);
        }

        // Blocks go whole in the order of their total importance, as the method has it: of attention first layer 0's or 1's (equal: 0), of units layer 0's.
        double Best(double budget)
        {
            double best = 0;
            for (int code = 0; code < 3 * 3 * 4 * 4; code++)
            {
                int[] kept = [code % 3, code / 3 % 3, code / 9 % 4, code / 36];
                bool followsOrder = !(kept[0] > 0 && kept[1] == 0) && !(kept[2] > 0 && kept[3] == 0);
                double cost = attention.Of(kept[0]) + attention.Of(kept[1]) + feedForward.Of(kept[2]) + feedForward.Of(kept[3]);
                if (followsOrder && cost <= budget)
                {
                    best = Math.Max(best, Top(heads[0], kept[0]) + Top(heads[1], kept[1]) + Top(units[0], kept[2]) + Top(units[1], kept[3]));
                }
            }

            return best;
        }

        static double Top(double[] scores, int count) => scores.OrderDescending().Take(count).Sum();
        static double Value(double[][] scores, bool[][] mask) => scores.Zip(mask, (s, m) => s.Zip(m, (score, kept) => kept ? score : 0).Sum()).Sum();
    }

    [Fact]
    public void Fit_ConstantThenLinear_FindsBoth()
    {
        var truth = new BlockLatency(2, 8, 0.25);
        BlockLatency fit = BlockLatency.Fit([.. Enumerable.Range(1, 16).Select(count => (count, truth.Of(count)))]);
        Assert.Equal(8, fit.Threshold);
        Assert.Equal(2, fit.Constant, 1e-12);
        Assert.Equal(0.25, fit.Slope, 1e-12);
        Assert.Equal(0, fit.Of(0));
    }

    [Fact]
    public void Rearrange_RandomGradients_KeepsTheNumberAndNeverRaisesTheError()
    {
        var random = new Random(7);
        int better = 0;
        for (int round = 0; round < 50; round++)
        {
            double[][] gradients = [.. Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, 5).Select(_ => random.NextDouble() - 0.5).ToArray())];
            int pruned = round % 13;
            int[] order = [.. Enumerable.Range(0, 12).OrderBy(i => gradients[i].Sum(value => value * value))];
            bool[] mask = [.. Enumerable.Range(0, 12).Select(i => !order.Take(pruned).Contains(i))];
            bool[] rearranged = MaskRearrangement.Rearrange(mask, gradients);
            Assert.Equal(12 - pruned, rearranged.Count(kept => kept));
            double before = MaskRearrangement.Error(mask, gradients), after = MaskRearrangement.Error(rearranged, gradients);
            Assert.True(after <= before, $"{after} after {before}");
            better += after < before ? 1 : 0;
        }

        Assert.True(better > 25, $"{better} of 50 rearrangements changed anything");
    }

    private static float[] Logits(PruningFixture fixture, BertParameters parameters)
    {
        var batch = new TokenBatch();
        foreach (var encoding in PruningFixture.Examples(20, seed: 9).Encodings)
        {
            batch.Add(encoding);
        }

        float[] logits = new float[40];
        fixture.Engine.Load(parameters).CreateClassifier(SubNetwork.Full(parameters.Config), 0).Classify(batch, logits);
        return logits;
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
}
