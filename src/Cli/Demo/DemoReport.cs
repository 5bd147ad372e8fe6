using System.Globalization;
using Endpoints.Bert.Checkpoints;
using Endpoints.Charts.Pages;
using Endpoints.Cli.Commands;
using Endpoints.Compute;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;
using Endpoints.Pruning;
using Endpoints.Pruning.Cascades;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Demo;

/// <summary>The demo's page: the load test's report with the search before it and the training after it.</summary>
internal static class DemoReport
{
    public static ReportPage Page(
        DemoPlan plan, TaskData data, TrainingOutcome training, FrontReport search, Trial pick, Checkpoint pruned, CascadeReport cascade, LoadTestResult load,
        IReadOnlyList<(string Step, double Seconds)> timings, int seed)
    {
        ReportPage page = LoadTestReport.Page(load);
        return page with
        {
            Title = "Endpoints demo: a BERT super-network and a pruned sub-network, trained, searched, served and load-tested",
            Lead = [Found(training, pick, pruned), .. page.Lead],
            Sections = [Front(search, pick, data), Cascade(cascade), .. page.Sections, Training(plan, data, training, seed), Time(timings)],
        };
    }

    private static string Found(TrainingOutcome training, Trial pick, Checkpoint pruned)
    {
        double kept = 100.0 * pick.Parameters / pruned.Metadata!.ParentParameters;
        double test = pruned.Metadata.Metrics["accuracy"];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The search kept {kept:0} % of the super-network's parameters ({pick.Parameters:N0} of {pruned.Metadata.ParentParameters:N0}; {pick.SubNetwork}). "
            + $"On test pairs that neither training nor search saw, the base is right in {100 * training.TestScore:0.0} % and the pruned endpoint in {100 * test:0.0} %.");
    }

    private static ReportSection Front(FrontReport search, Trial pick, TaskData data)
    {
        var named = new Dictionary<int, string> { [pick.Id] = "pruned" };
        if (search.Base is { } whole)
        {
            named[whole.Id] = "base";
        }

        string metric = data.Definition.MetricName;
        return new ReportSection(
            "The Pareto front",
            [
                new TextBlock(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{search.Trials.Count} sub-networks of the one super-network, each run as a view of its weights on {data.Validation.Count} validation pairs, in {PrecisionName.Of(search.Configuration.Precision)}, as the endpoints run. None was trained again.")),
                new ChartBlock(FrontChart.Of(search, metric, "parameters", named)),
                new ChartBlock(FrontChart.Of(search, metric, "latency", named)),
            ]);
    }

    private static ReportSection Cascade(CascadeReport cascade) => new(
        "The cascade",
        [
            new TextBlock(cascade.Chosen is { } chosen
                ? Text($"The endpoint cascade asks the first half of the base's layers, and the other half where their margin is below {chosen.Threshold:0.###}. ")
                    + Text($"The threshold was chosen to lose at most {100 * cascade.MaxLoss:0.##} points of accuracy, with {100 * cascade.Confidence:0.#} % confidence, on {cascade.Examples} pairs that nothing else looked at; there it takes {100 * chosen.Cost:0} % of the base's time.{CascadeCommand.Dear(chosen)} ")
                    + Text($"On {cascade.Check!.Examples} test pairs it is right in {100 * cascade.Check.Accuracy:0.0} %, the base in {100 * cascade.Check.LargeAccuracy:0.0} %; {100 * cascade.Check.Escalated:0.0} % of them went on to the whole base. ")
                    + CascadeCommand.Lost(cascade, cascade.Check)
                : $"{CascadeCommand.NotFound(cascade)} No cascade was served."),
            new ChartBlock(CascadeChart.Of(cascade)),
        ]);

    private static ReportSection Training(DemoPlan plan, TaskData data, TrainingOutcome training, int seed) => new(
        "Data and training",
        [
            new TextBlock(string.Create(
                CultureInfo.InvariantCulture,
                $"{data.Train.Count} generated training pairs (seed {seed}), strategy full: in every step the whole network, two random sub-networks and the smallest learn together. "
                + $"{plan.Layers} layers, hidden size {plan.Hidden}, {plan.Heads} heads, {plan.Units} units; {plan.FineTuning.Epochs} epochs, batch {plan.FineTuning.BatchSize}, learning rate {plan.FineTuning.LearningRate}. Trained in float32, scored in {PrecisionName.Of(plan.Precision)}.")),
            new ReportTable(
                "Epochs",
                ["Epoch", "Training loss", "Validation accuracy", "Seconds"],
                [.. training.FineTuning.Epochs.Select(epoch => (IReadOnlyList<string>)[Text($"{epoch.Epoch}"), Text($"{epoch.Loss:0.000}"), Text($"{100 * epoch.Score:0.0} %"), Text($"{epoch.Seconds:0.0}")])]),
        ]);

    private static ReportSection Time(IReadOnlyList<(string Step, double Seconds)> timings) => new(
        "How long it took",
        [new ReportTable("Steps of this run", ["Step", "Seconds"], [.. timings.Select(timing => (IReadOnlyList<string>)[timing.Step, Text($"{timing.Seconds:0.0}")])])]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
