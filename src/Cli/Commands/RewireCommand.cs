using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints rewire</c>: puts the heads and units that matter most first.</summary>
internal static class RewireCommand
{
    public static Command Create(CliHost host)
    {
        var task = SharedOptions.Task();
        var data = SharedOptions.Data();
        var model = SharedOptions.Model("The fine-tuned network.");
        var output = new Option<string>("--out") { Description = "Folder to write the rewired checkpoint to: a start for train.", Required = true };
        var layers = new Option<bool>("--layers")
        {
            Description = "Also puts whole layers in the order of their importance. This changes what the network computes: train it afterwards.",
        };
        var examples = SharedOptions.ScoredExamples();
        var maxLength = SharedOptions.MaxLength();
        var seed = SharedOptions.Seed();
        var threads = SharedOptions.Threads();
        var command = new Command("rewire", "Reorder heads and units by importance, so that small sub-networks, which keep the first ones, keep the best ones.")
        {
            task, data, model, output, layers, examples, maxLength, seed, threads,
        };
        command.SetAction((result, cancellationToken) =>
        {
            TaskData taskData = TaskRegistry.Load(result.GetValue(task)!, result.GetValue(data));
            Checkpoint start = CheckpointFolder.Load(result.GetValue(model)!);
            var settings = new RewiringSettings
            {
                Layers = result.GetValue(layers),
                Examples = result.GetValue(examples),
                MaxLength = result.GetValue(maxLength),
                Seed = result.GetValue(seed),
                Threads = result.GetValue(threads),
            };
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            RewiringOutcome outcome = SuperNetworkRewiring.Run(taskData, start, settings, engine, cancellationToken);
            CheckpointFolder.Save(result.GetValue(output)!, outcome.Checkpoint);
            string metric = taskData.Definition.MetricName;
            host.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Wrote {result.GetValue(output)}: {outcome.Checkpoint.Metadata!.Rewiring}. Validation {metric} {outcome.ScoreAfter:0.0000}, was {outcome.ScoreBefore:0.0000}; logits differ by at most {outcome.LargestDifference:0.0e0}."));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
