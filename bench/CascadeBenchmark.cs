using System.Diagnostics;
using Endpoints.Bert;
using Endpoints.Bert.Cascades;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bench;

/// <summary>What a cascade of BERT-base's first six layers and BERT-base saves by continuing the small network's work, by the share of rows that go on.</summary>
internal static class CascadeBenchmark
{
    private const int Sequences = 32, Rounds = 9;

    public static void Run(Report report)
    {
        BertConfig config = BertConfig.Base();
        var half = SubNetwork.Small(config, config.LayerCount / 2, config.Layers[0].Heads, config.Layers[0].Units);
        var whole = SubNetwork.Full(config);
        TokenBatch batch = Batches.Of(config, Lengths.Draw(Sequences), Sequences)[0];
        var parameters = BertParameters.Random(config, 1);
        report.Heading("Cascade");
        report.Note($"{half} before BERT-base, {Sequences} sequences as long as RTE's, every n-th row goes on. Shares are of BERT-base's own time on all rows; medians of {Rounds} rounds in which all take turns.");
        report.Columns("precision", "goes on", "base, ms", "begins anew", "continues", "anew / continues");
        using var engine = new CpuEngine();
        foreach (Precision precision in (Precision[])[Precision.Float32, Precision.BFloat16])
        {
            ISuperNetwork network = engine.Load(parameters, precision);
            IClassifier alone = network.CreateClassifier(whole, 0);
            IClassifierPair[] pairs = [new SeparateClassifiers(network.CreateClassifier(half, 0), alone), network.CreatePair(half, whole, 0)];
            foreach (int every in (int[])[16, 8, 4, 2])
            {
                int[] rows = [.. Enumerable.Range(0, Sequences).Where(row => row % every == 0)];
                Verify.Near(0, LargestDifference(pairs, batch, rows), 0, "the difference of the two ways");
                var times = new double[3][];
                for (int way = 0; way < 3; way++)
                {
                    times[way] = new double[Rounds];
                }

                for (int round = 0; round < Rounds; round++)
                {
                    for (int way = 0; way < 3; way++)
                    {
                        times[way][round] = Time(() => Compute(way == 0 ? null : pairs[way - 1], alone, batch, rows));
                    }
                }

                double[] medians = [.. times.Select(one => one.Order().ElementAt(Rounds / 2))];
                report.Row(
                    $"{precision}", $"{100.0 * rows.Length / Sequences:F1} %", $"{1e3 * medians[0]:F1}", $"{medians[1] / medians[0]:P1}", $"{medians[2] / medians[0]:P1}", $"{medians[1] / medians[2]:F3}");
            }

            network.Release();
        }

        report.End();
    }

    private static void Compute(IClassifierPair? pair, IClassifier alone, TokenBatch batch, int[] rows)
    {
        var logits = new float[batch.Count * alone.LabelCount];
        if (pair is null)
        {
            alone.Classify(batch, logits);
            return;
        }

        pair.ClassifyFirst(batch, logits);
        pair.ClassifySecond(rows, logits);
    }

    private static double LargestDifference(IClassifierPair[] pairs, TokenBatch batch, int[] rows)
    {
        float[][] logits = [.. pairs.Select(pair =>
        {
            var small = new float[batch.Count * pair.LabelCount];
            var large = new float[rows.Length * pair.LabelCount];
            pair.ClassifyFirst(batch, small);
            pair.ClassifySecond(rows, large);
            return (float[])[.. small, .. large];
        })];
        return logits[0].Zip(logits[1]).Max(pair => Math.Abs((double)pair.First - pair.Second));
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
