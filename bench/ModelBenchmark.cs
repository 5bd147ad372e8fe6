using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bench;

/// <summary>A BERT-base-sized classifier with random weights, and a sub-network of half of everything, on sequences as long as RTE's.</summary>
internal static class ModelBenchmark
{
    private const int Sequences = 32;
    private const string Half = "small:l=6,h=6,u=1536";

    public static void Run(Report report)
    {
        BertConfig config = BertConfig.Base();
        BertParameters parameters = BertParameters.Random(config, 1);
        int[] lengths = Lengths.Draw(Sequences);
        report.Heading("Model");
        report.Note(
            $"BERT-base with random weights, {Sequences} sequences of {lengths.Min()} to {lengths.Max()} tokens, {lengths.Average():F0} on average, ragged. "
            + "Shares are of the operations that are executed; the last layer computes queries and feed-forward for first tokens only, and the column "
            + "\"saved\" says how much that is of a full computation.");
        report.Note("The limit is the larger of arithmetic and of reading the encoder's weights once a batch; shares are of that.");
        report.Columns("network", "precision", "threads", "batch", "pairs/s", "ms a batch", "limit ms", "bound by", "GFLOP a pair", "saved", "typical share", "best pairs/s", "best share");
        foreach (int threads in Limits.TeamSizes)
        {
            using var engine = new CpuEngine(lanes: 1, threadsPerLane: threads);
            using var limits = new Limits(threads);
            foreach (Precision precision in Enum.GetValues<Precision>())
            {
                ISuperNetwork network = engine.Load(parameters, precision);
                foreach (SubNetwork subNetwork in (SubNetwork[])[SubNetwork.Full(config), SubNetwork.Parse(Half, config)])
                {
                    IClassifier classifier = network.CreateClassifier(subNetwork, 0);
                    Check(classifier, engine, SubNetworkExtractor.Extract(parameters, subNetwork), precision, lengths);
                    var measured = new Measured(limits, precision, config, subNetwork, classifier);
                    Measure(report, measured, "1 of 16 tokens", [16], 1);
                    foreach (int batch in (int[])[1, 8, 32])
                    {
                        Measure(report, measured, $"{batch}", lengths, batch);
                    }
                }
            }
        }

        report.End();
    }

    private static void Measure(Report report, Measured measured, string name, int[] lengths, int size)
    {
        (Limits limits, Precision precision, BertConfig config, SubNetwork subNetwork, IClassifier classifier) = measured;
        TokenBatch[] batches = Batches.Of(config, lengths, size);
        ModelWork work = ModelWork.Of(config, subNetwork, lengths);
        var logits = new float[batches.Max(batch => batch.Count) * classifier.LabelCount];
        double bytes = (double)batches.Length * ModelWork.WeightBytes(config, subNetwork, precision);
        bool isMemory = false;
        double Limit()
        {
            double arithmetic = work.Executed / limits.Arithmetic(precision), memory = bytes / limits.Read();
            isMemory = memory > arithmetic;
            return 1 / Math.Max(arithmetic, memory);
        }

        Timing timing = Timing.Of(() => ClassifyAll(classifier, batches, logits), Limit, seconds: 4);
        report.Row(
            $"{subNetwork}", $"{precision}", $"{limits.Team.Size}", name, $"{timing.Rate(lengths.Length):F1}", $"{timing.Median / batches.Length * 1e3:F2}",
            $"{1e3 / timing.MedianLimit / batches.Length:F2}", isMemory ? "memory" : "arithmetic", $"{work.Executed / lengths.Length / 1e9:F2}",
            $"{1 - (work.Executed / work.Full):P1}", $"{timing.TypicalShare(1):P1}", $"{timing.BestRate(lengths.Length):F1}", $"{timing.BestShare(1):P1}");
    }

    private static void ClassifyAll(IClassifier classifier, TokenBatch[] batches, float[] logits)
    {
        foreach (TokenBatch batch in batches)
        {
            classifier.Classify(batch, logits);
        }
    }

    /// <summary>The view of the super-network must answer as the extracted sub-network does, and a sequence in a batch as it does alone.</summary>
    private static void Check(IClassifier view, CpuEngine engine, BertParameters extracted, Precision precision, int[] lengths)
    {
        IClassifier own = engine.Load(extracted, precision).CreateClassifier(SubNetwork.Full(extracted.Config), 0);
        TokenBatch together = Batches.Of(extracted.Config, lengths, Sequences)[0], alone = Batches.Of(extracted.Config, lengths, 1)[5];
        float[] viewed = new float[Sequences * view.LabelCount], copied = new float[viewed.Length], single = new float[view.LabelCount];
        view.Classify(together, viewed);
        own.Classify(together, copied);
        view.Classify(alone, single);
        for (int i = 0; i < viewed.Length; i++)
        {
            Verify.Near(copied[i], viewed[i], precision == Precision.Int8 ? 0.05 : 1e-5, $"logit {i} of the view");
        }

        for (int label = 0; label < single.Length; label++)
        {
            Verify.Near(single[label], viewed[(5 * single.Length) + label], 0, $"logit {label} of sequence 5 in a batch");
        }
    }

    private sealed record Measured(Limits Limits, Precision Precision, BertConfig Config, SubNetwork SubNetwork, IClassifier Classifier);
}
