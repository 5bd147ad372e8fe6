using System.Diagnostics;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Compute;
using Endpoints.Pruning;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Bench;

/// <summary>What the search itself costs: the validation error of random SMALL sub-networks of BERT-base, on RTE's number of pairs.</summary>
internal static class SearchBenchmark
{
    private const int Pairs = 747, All = 100, Part = 6;
    private const double GoalMinutes = 12;

    public static void Run(Report report, bool isQuick)
    {
        BertConfig config = BertConfig.Base();
        BertParameters parameters = BertParameters.Random(config, 1);
        int[] lengths = Lengths.Draw(Pairs);
        var random = new Random(7);
        Encoding[] encodings = [.. lengths.Select(length => new Encoding([.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))], new int[length], Truncated: false))];
        var examples = LabelledEncodings.Classification(encodings, [.. lengths.Select((_, i) => i % 2)]);
        ISearchSpace space = Catalogs.SearchSpaces.Create("small", config);
        SubNetwork[] drawn = [.. Enumerable.Range(0, All).Select(_ => space.SubNetworkAt(space.Sample(random)))];
        SubNetwork[] run = isQuick ? Spread(config, drawn) : drawn;
        double operations = drawn.Sum(subNetwork => Operations(config, subNetwork, lengths)), share = run.Sum(subNetwork => Operations(config, subNetwork, lengths)) / operations;
        report.Heading("Search");
        report.Note(
            $"Validation error of {All} random SMALL sub-networks of BERT-base on {Pairs} pairs of {lengths.Average():F0} tokens on average, all processors; wanted: at most {GoalMinutes} minutes."
            + " On a machine that others use too, look at the minutes by processor time, shared by all processors: they leave out what was taken away."
            + (isQuick ? $" {run.Length} of them were run, {share:P0} of all operations; the time of all supposes that the others run at the same rate." : ""));
        report.Columns("precision", "sub-networks run", "seconds", "minutes for all", "by processor time", "share of the goal", "GFLOP/s", "mean share of BERT-base");
        double whole = Operations(config, SubNetwork.Full(config), lengths);
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            using var engine = new CpuEngine();
            ISuperNetwork network = engine.Load(parameters, precision);
            var evaluator = new Evaluator(examples, MetricCatalog.Accuracy, lanes: engine.LaneCount);
            evaluator.Evaluate(network, SubNetwork.Small(config, 1, 12, 3072));
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            foreach (SubNetwork subNetwork in run)
            {
                evaluator.Evaluate(network, subNetwork);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, minutes = seconds / share / 60;
            double undisturbed = (Environment.CpuUsage.TotalTime - processor).TotalMinutes / Environment.ProcessorCount / share;
            report.Row(
                $"{precision}", $"{run.Length}", $"{seconds:F1}", $"{minutes:F2}", $"{undisturbed:F2}", $"{minutes / GoalMinutes:P0}", $"{share * operations / seconds / 1e9:F0}", $"{operations / All / whole:P1}");
        }

        report.End();
    }

    private static double Operations(BertConfig config, SubNetwork subNetwork, int[] lengths) => lengths.Sum(length => OperationCount.Executed(config, subNetwork, length));

    /// <summary>Evenly spread by cost, so that the part has small ones and large ones as the whole does.</summary>
    private static SubNetwork[] Spread(BertConfig config, SubNetwork[] drawn)
    {
        SubNetwork[] byCost = [.. drawn.OrderBy(subNetwork => OperationCount.Executed(config, subNetwork, 64))];
        return [.. Enumerable.Range(0, Part).Select(i => byCost[((2 * i) + 1) * byCost.Length / (2 * Part)])];
    }
}
