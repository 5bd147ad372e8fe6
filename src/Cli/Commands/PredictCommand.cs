using System.CommandLine;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Cli.Pull;
using Endpoints.Compute;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints predict</c>: JSON lines of pairs to JSON lines of labels.</summary>
internal static class PredictCommand
{
    private const int BatchRows = 32;

    public static Command Create(CliHost host)
    {
        var model = SharedOptions.Model("Checkpoint.");
        var subNetwork = new Option<string?>("--subnetwork") { Description = "What of it to run, for example small:l=6,h=6,u=1536; by default all." };
        var precision = SharedOptions.Precision("What to compute in:", PrecisionName.Of(Precision.Float32));
        var threads = SharedOptions.Threads();
        var command = new Command("predict", "Read {\"premise\",\"hypothesis\"} lines on standard input, write {\"label\",\"scores\",\"logits\"} lines.") { model, subNetwork, precision, threads };
        command.SetAction((result, cancellationToken) =>
        {
            string named = PrecisionName.RequireChoice(result.GetValue(precision)!);
            Checkpoint checkpoint = CheckpointFolder.Load(ModelLocation.Find(host, result.GetValue(model)!));
            if (checkpoint.Config.ProblemType == ProblemType.MultipleChoice)
            {
                throw new ArgumentException("This checkpoint chooses between texts (multiple choice), and predict reads one text or pair a line: score it on a task with 'endpoints evaluate'.");
            }

            Precision runIn = PrecisionName.Choose(named, checkpoint.Config.HeadSize);
            SubNetwork chosen = result.GetValue(subNetwork) is { } text ? SubNetwork.Parse(text, checkpoint.Config) : SubNetwork.Full(checkpoint.Config);
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            IClassifier classifier = engine.Load(checkpoint, runIn).CreateClassifier(chosen, lane: 0);

            // Fitted on the whole checkpoint: a sub-network of it has another.
            double temperature = chosen.Equals(SubNetwork.Full(checkpoint.Config)) ? checkpoint.Metadata?.Temperature ?? 1 : 1;
            host.Error.WriteLine($"{chosen} in {PrecisionName.Of(runIn)}, {engine.Description}");
            var batch = new TokenBatch();
            int number = 0;
            while (!cancellationToken.IsCancellationRequested && JsonLines.Take(host.Input, ref number, BatchRows, LineJson.Default.PredictLine) is { Count: > 0 } lines)
            {
                batch.Clear();
                foreach ((int line, PredictLine value) in lines)
                {
                    batch.Add(Encode(checkpoint, line, value));
                }

                float[] logits = new float[lines.Count * classifier.LabelCount];
                classifier.Classify(batch, logits);
                for (int i = 0; i < lines.Count; i++)
                {
                    float[] row = logits.AsSpan(i * classifier.LabelCount, classifier.LabelCount).ToArray();
                    host.Output.WriteLine(JsonSerializer.Serialize(Answer(checkpoint.Config, row, temperature), LineJson.Default.PredictedLine));
                }

                host.Output.Flush();
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Encoding Encode(Checkpoint checkpoint, int line, PredictLine value)
    {
        (string first, string? second) = value switch
        {
            { Premise: { } premise, Hypothesis: { } hypothesis } => (premise, hypothesis),
            { Text: { } text } => (text, null),
            _ => throw new InvalidDataException($"Line {line}: expected {{\"premise\": \"...\", \"hypothesis\": \"...\"}} or {{\"text\": \"...\"}}."),
        };
        return checkpoint.Tokenizer.Encode(first, second, checkpoint.Config.MaxSequenceLength);
    }

    private static PredictedLine Answer(BertConfig config, float[] logits, double temperature)
    {
        if (config.ProblemType == ProblemType.Regression)
        {
            return new PredictedLine(null, null, logits[0], logits);
        }

        double largest = logits.Max();
        double sum = logits.Sum(logit => Math.Exp((logit - largest) / temperature));
        Dictionary<string, float> scores = logits.Select((logit, i) => (config.Labels[i], (float)(Math.Exp((logit - largest) / temperature) / sum))).ToDictionary();
        return new PredictedLine(config.Labels[Array.IndexOf(logits, logits.Max())], scores, null, logits);
    }
}
