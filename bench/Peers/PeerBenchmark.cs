using Endpoints.Bert;
using Endpoints.Compute;

namespace Endpoints.Bench.Peers;

/// <summary>Our engine beside ONNX Runtime and PyTorch: same weights, same sequences, same threads, in rounds that alternate.</summary>
internal static class PeerBenchmark
{
    /// <summary>Measures, prints and keeps the results.</summary>
    /// <param name="report">Receives the tables.</param>
    /// <param name="isQuick">RTE's length mix only.</param>
    /// <param name="time">For the date in the results' name.</param>
    public static void Run(Report report, bool isQuick, TimeProvider time)
    {
        report.Heading("Peers");
        report.Note(
            $"{PeerCatalog.Threads} threads each{(PeerCatalog.Processors.Length > 0 ? $", peers pinned to processors {PeerCatalog.Processors}" : "")}; random weights, the "
            + "same in every engine, logits compared before timing; medians of alternating rounds, spread is half the range between the quartiles. Peers pad to the longest "
            + "of a batch; \"sorted\" gives them sequences of similar length. ONNX Runtime's int8 is quantised dynamically, weights by channel.");
        using PeerProcess? runtime = PeerCatalog.OnnxRuntime(report);
        using PeerProcess? torch = PeerCatalog.PyTorch(report, "float32"), torchRounded = PeerCatalog.PyTorch(report, "bfloat16");
        using var engine = new CpuEngine(lanes: 1, threadsPerLane: PeerCatalog.Threads);
        var all = new List<Measurement>();
        double overLimit = double.NaN;
        foreach (Func<PeerModel> make in PeerModel.All)
        {
            using PeerModel model = make();
            List<IContestant> contestants =
            [
                .. ((Precision[])[Precision.Float32, Precision.BFloat16, Precision.Int8]).Select(precision => new OurContestant(engine, model, precision)),
                .. Peers(runtime, (model.Float32, Precision.Float32), (model.Int8, Precision.Int8)),
                .. Peers(torch, (model.Checkpoint, Precision.Float32)),
                .. Peers(torchRounded, (model.Checkpoint, Precision.BFloat16)),
            ];
            IEnumerable<Workload> workloads = isQuick ? Workload.OfMix() : Workload.OfMix().Concat(Workload.OfEqualLengths());
            List<Measurement> measured = MeasureModel(model, workloads, contestants, report);
            all.AddRange(measured);
            contestants.ForEach(contestant => contestant.Dispose());
            overLimit = model.Name == "base" ? ShortestOverLimit(engine, model) : overLimit;
        }

        List<Goal> goals = Goal.Of(all, overLimit);
        PrintGoals(report, goals);
        PeerResults.Write(report, goals, all, isQuick, time);
    }

    private static IEnumerable<IContestant> Peers(PeerProcess? process, params (string Model, Precision Precision)[] models) =>
        process is null ? [] : models.Select(one => new PeerContestant(process, one.Model, one.Precision));

    private static List<Measurement> MeasureModel(PeerModel model, IEnumerable<Workload> workloads, List<IContestant> contestants, Report report)
    {
        report.Heading($"Peers: {model.Name}, {model.Kept.Config.LayerCount} layers, hidden size {model.Kept.Config.HiddenSize}");
        report.Columns("engine", "precision", "lengths", "batch", "pairs/s", "spread", "ms a batch", "ours f32 /", "ours bf16 /", "ours int8 /", "bytes a batch");
        var all = new List<Measurement>();
        var notes = new List<string>();
        foreach (Workload workload in workloads)
        {
            List<Measurement> measured = Rounds.Measure(model.Name, workload, contestants, notes);
            foreach (Measurement one in measured)
            {
                string Ratio(Precision precision) => one.IsOurs
                    ? ""
                    : $"{measured.First(ours => ours.IsOurs && ours.Precision == precision).PairsPerSecond / one.PairsPerSecond:F2}";
                report.Row(
                    one.Engine, $"{one.Precision}", one.Lengths, $"{one.BatchSize}{(one.IsSorted ? " sorted" : "")}", $"{one.PairsPerSecond:F1}", $"{one.Spread:P1}",
                    $"{one.BatchMilliseconds:F2}", Ratio(Precision.Float32), Ratio(Precision.BFloat16), Ratio(Precision.Int8), $"{one.AllocatedPerBatch:F0}");
            }

            all.AddRange(measured);
        }

        report.End();
        notes.ForEach(report.Note);
        return all;
    }

    /// <summary>
    /// Time of one pair of 16 tokens in bfloat16 over the longer of the arithmetic and of reading each weight once, both measured in between:
    /// what a shared machine's memory can deliver changes from minute to minute.
    /// </summary>
    private static double ShortestOverLimit(CpuEngine engine, PeerModel model)
    {
        BertConfig config = model.SuperNetwork.Config;
        IClassifier classifier = engine.Load(model.SuperNetwork, Precision.BFloat16).CreateClassifier(model.SubNetwork, lane: 0);
        TokenBatch batch = Batches.Of(config, [16], 1)[0];
        var logits = new float[config.LabelCount];
        using var limits = new Limits(PeerCatalog.Threads);
        double operations = ModelWork.Of(config, model.SubNetwork, [16]).Executed, bytes = ModelWork.WeightBytes(config, model.SubNetwork, Precision.BFloat16);
        Timing timing = Timing.Of(
            () => classifier.Classify(batch, logits), () => 1 / Math.Max(operations / limits.Arithmetic(Precision.BFloat16), bytes / limits.Read()), seconds: 4);
        return 1 / timing.TypicalShare(1);
    }

    private static void PrintGoals(Report report, List<Goal> goals)
    {
        report.Heading("Peers: wanted and measured, RTE's length mix");
        report.Columns("ratio", "wanted", "measured", "verdict");
        foreach (Goal goal in goals)
        {
            report.Row(goal.Text, $"{(goal.IsMost ? "≤" : "≥")} {goal.Wanted:0.##}", $"{goal.Measured:F2}", goal.Verdict);
        }

        report.End();
    }
}
