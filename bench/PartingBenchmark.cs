using System.Diagnostics;
using Endpoints.Bert;
using Endpoints.Bert.Encoder;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Compute.Threads;

namespace Endpoints.Bench;

/// <summary>
/// Do batches across endpoints pay? Rows of BERT-base and rows of its first six layers in one batch, which parts after the layers that both have, beside a batch
/// of each, one after the other.
/// </summary>
internal static class PartingBenchmark
{
    private const int LeastRounds = 11, MostRounds = 60;
    private const double Seconds = 3;

    public static void Run(Report report)
    {
        BertConfig config = BertConfig.Base();
        var half = SubNetwork.Small(config, config.LayerCount / 2, config.Layers[0].Heads, config.Layers[0].Units);
        var whole = SubNetwork.Full(config);
        var parameters = BertParameters.Random(config, 1);
        report.Heading("Parting");
        report.Note(
            $"Rows of BERT-base and as many of {half}. Apart: a batch of each, one after the other. Parting: one batch of both through the {ContinuedClassifiers.CountShared(half, whole)} layers "
            + "that they share, then each alone. Medians of rounds in which the two take turns; of a shared machine, the fewest ms of both tell more. Every row has the same bits either way.");
        report.Columns("precision", "tokens a row", "rows of each", "apart, ms", "parting, ms", "apart / parting", "at their best", "rounds");
        foreach (Precision precision in (Precision[])[Precision.Float32, Precision.BFloat16])
        {
            using var lane = new CpuLane(Environment.ProcessorCount, "parting", Seating.Plan(1, Environment.ProcessorCount)[0]);
            var network = new CpuSuperNetwork(parameters, () => parameters, precision, [lane]);
            var parting = new Parting(network, half, whole, lane);
            foreach (int length in (int[])[12, 60])
            {
                foreach (int rows in (int[])[1, 2, 4, 8, 16])
                {
                    Measure(report, parting, config, precision, length, rows);
                }
            }

            network.Release();
        }

        report.End();
    }

    private static void Measure(Report report, Parting parting, BertConfig config, Precision precision, int length, int rows)
    {
        TokenBatch both = Batches.Of(config, [.. Enumerable.Repeat(length, 2 * rows)], 2 * rows)[0];
        parting.Load(both, rows);
        float[] apart = new float[both.Count * config.LabelCount], together = new float[apart.Length];
        parting.RunApart(apart);
        parting.RunTogether(together);
        for (int i = 0; i < apart.Length; i++)
        {
            Verify.Near(apart[i], together[i], 0, $"logit {i} of a batch that parts");
        }

        var times = (Apart: new List<double>(), Together: new List<double>());
        for (double spent = 0; times.Apart.Count < LeastRounds || (spent < Seconds && times.Apart.Count < MostRounds);)
        {
            times.Apart.Add(Time(() => parting.RunApart(apart)));
            times.Together.Add(Time(() => parting.RunTogether(together)));
            spent += times.Apart[^1] + times.Together[^1];
        }

        double ratio = Median(times.Apart.Zip(times.Together, (one, other) => one / other));
        report.Row(
            $"{precision}", $"{length}", $"{rows}", $"{1e3 * Median(times.Apart):F2}", $"{1e3 * Median(times.Together):F2}", $"{ratio:F3}",
            $"{times.Apart.Min() / times.Together.Min():F3}", $"{times.Apart.Count}");
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Both ways to compute a batch whose first rows are the half's and whose other rows are the whole's.</summary>
    private sealed class Parting(CpuSuperNetwork network, SubNetwork half, SubNetwork whole, CpuLane lane)
    {
        private readonly EncoderPass _pass = new(network, lane);
        private readonly int _shared = ContinuedClassifiers.CountShared(half, whole);
        private readonly (EncoderPlan Plan, IClassifier Classifier)[] _networks =
            [(network.PlanOf(half), network.CreateClassifier(half, 0)), (network.PlanOf(whole), network.CreateClassifier(whole, 0))];

        private readonly TokenBatch[] _own = [new(), new()];
        private TokenBatch _both = new();
        private int[][] _rows = [];
        private int _split;

        /// <summary>Takes in a batch of which the first rows are the half's.</summary>
        public void Load(TokenBatch both, int rowsOfHalf)
        {
            (_both, _split) = (both, rowsOfHalf);
            _rows = [[.. Enumerable.Range(0, rowsOfHalf)], [.. Enumerable.Range(rowsOfHalf, both.Count - rowsOfHalf)]];
            for (int i = 0; i < 2; i++)
            {
                _own[i].Clear();
                foreach (int row in _rows[i])
                {
                    _own[i].Add(both, row);
                }
            }
        }

        public void RunApart(Span<float> logits)
        {
            for (int i = 0; i < 2; i++)
            {
                _networks[i].Classifier.Classify(_own[i], LogitsOf(i, logits));
            }
        }

        public void RunTogether(Span<float> logits)
        {
            BatchInputs inputs = lane.Inputs;
            inputs.Load(_both, network.Config);
            HiddenState hidden = _pass.Run(_networks[1].Plan, 0, _shared, _pass.Embed(inputs, lane.Workspace.Hidden), inputs, lane.Workspace.Hidden);
            for (int i = 0; i < 2; i++)
            {
                inputs.Load(_own[i], network.Config);
                HiddenState own = _pass.Gather(hidden, _both.Offsets, _rows[i], inputs, lane.Workspace.Branch);
                _pass.Classify(_pass.RunToEnd(_networks[i].Plan, _shared, own, inputs, lane.Workspace.Branch), LogitsOf(i, logits));
            }

            GC.KeepAlive(this);
        }

        private Span<float> LogitsOf(int which, Span<float> logits) => which == 0
            ? logits[..(_split * _networks[0].Classifier.LabelCount)]
            : logits[(_split * _networks[0].Classifier.LabelCount)..];
    }
}
