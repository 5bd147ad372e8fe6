using Endpoints.Bert;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Compute;
using Endpoints.Pruning;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Bench;

/// <summary>Passes of the strategy <c>full</c> on BERT-base: sub-networks train as views of the weights, so a pass should cost what the sub-network keeps.</summary>
internal static class PassBenchmark
{
    private const int Steps = 4, Sequences = 8;

    public static void Run(Report report)
    {
        BertConfig config = BertConfig.Base();
        ISearchSpace space = Catalogs.SearchSpaces.Create("small", config);
        IFineTuningStrategy strategy = Catalogs.FineTuningStrategies.Create("full", new StrategyContext(space, new StrategyOptions()));
        report.Heading("Passes");
        report.Note(
            $"{Steps} update steps of the strategy full on BERT-base, batches of {Sequences} sequences as long as RTE's, dropout on, all processors. The first pass of a step, the full one, also "
            + "packs the weights that the update before has changed.");
        report.Columns("precision", "pass", "passes", "ms", "time to full", "operations to full");
        foreach (Precision precision in (Precision[])[Precision.Float32, Precision.BFloat16])
        {
            using var trainer = new Trainer(BertParameters.Random(config, 1), new TrainerOptions { Precision = precision });
            Step(strategy, trainer, config, 0, null);
            var costs = new PassCosts(config, TimeProvider.System);
            for (int step = 1; step <= Steps; step++)
            {
                Step(strategy, trainer, config, step, costs);
            }

            double full = costs.Summary[0].MeanSeconds;
            foreach (PassCost cost in costs.Summary)
            {
                report.Row($"{precision}", $"{cost.Kind}", $"{cost.Passes}", $"{1e3 * cost.MeanSeconds:F0}", $"{cost.MeanSeconds / full:P1}", $"{cost.ShareOfOperations:P1}");
            }
        }

        report.End();
    }

    private static void Step(IFineTuningStrategy strategy, Trainer trainer, BertConfig config, int step, PassCosts? costs)
    {
        strategy.Accumulate(new TrainingStep
        {
            Trainer = trainer,
            Batch = Batches.Of(config, [.. Lengths.Draw(Sequences * (step + 1)).Skip(Sequences * step)], Sequences)[0],
            LabelLoss = new CrossEntropyLoss(new int[Sequences]),
            Index = step,
            TotalSteps = Steps + 1,
            Random = new Random(step),
            Costs = costs,
        });
        trainer.Step(1e-5f);
    }
}
