using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

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
        report.Columns("network", "threads", "batch", "pairs/s", "ms a batch", "GFLOP a pair", "saved", "typical share", "best pairs/s", "best share");
        foreach (int threads in Limits.TeamSizes)
        {
            using var engine = new CpuEngine(lanes: 1, threadsPerLane: threads);
            using var limits = new Limits(threads);
            ISuperNetwork network = engine.Load(parameters);
            foreach (SubNetwork subNetwork in (SubNetwork[])[SubNetwork.Full(config), SubNetwork.Parse(Half, config)])
            {
                IClassifier classifier = network.CreateClassifier(subNetwork, 0);
                Check(classifier, engine, SubNetworkExtractor.Extract(parameters, subNetwork), lengths);
                ModelWork work = ModelWork.Of(config, subNetwork, lengths);
                foreach (int batch in (int[])[1, 8, 32])
                {
                    Measure(report, limits, $"{subNetwork}", classifier, Batches.Of(config, lengths, batch), work);
                }
            }
        }

        report.End();
    }

    private static void Measure(Report report, Limits limits, string name, IClassifier classifier, TokenBatch[] batches, ModelWork work)
    {
        var logits = new float[batches.Max(batch => batch.Count) * classifier.LabelCount];
        Timing timing = Timing.Of(() => ClassifyAll(classifier, batches, logits), limits.Arithmetic, seconds: 4);
        report.Row(
            name, $"{limits.Team.Size}", $"{batches[0].Count}", $"{timing.Rate(Sequences):F1}", $"{timing.Median / batches.Length * 1e3:F1}", $"{work.Executed / Sequences / 1e9:F2}",
            $"{1 - (work.Executed / work.Full):P1}", $"{timing.TypicalShare(work.Executed):P1}", $"{timing.BestRate(Sequences):F1}", $"{timing.BestShare(work.Executed):P1}");
    }

    private static void ClassifyAll(IClassifier classifier, TokenBatch[] batches, float[] logits)
    {
        foreach (TokenBatch batch in batches)
        {
            classifier.Classify(batch, logits);
        }
    }

    /// <summary>The view of the super-network must answer as the extracted sub-network does, and a sequence in a batch as it does alone.</summary>
    private static void Check(IClassifier view, CpuEngine engine, BertParameters extracted, int[] lengths)
    {
        IClassifier own = engine.Load(extracted).CreateClassifier(SubNetwork.Full(extracted.Config), 0);
        TokenBatch together = Batches.Of(extracted.Config, lengths, Sequences)[0], alone = Batches.Of(extracted.Config, lengths, 1)[5];
        float[] viewed = new float[Sequences * view.LabelCount], copied = new float[viewed.Length], single = new float[view.LabelCount];
        view.Classify(together, viewed);
        own.Classify(together, copied);
        view.Classify(alone, single);
        for (int i = 0; i < viewed.Length; i++)
        {
            Verify.Near(copied[i], viewed[i], 1e-5, $"logit {i} of the view");
        }

        for (int label = 0; label < single.Length; label++)
        {
            Verify.Near(single[label], viewed[(5 * single.Length) + label], 0, $"logit {label} of sequence 5 in a batch");
        }
    }
}
