using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute.Measurement;
using Endpoints.Compute.Threads;
using Spectre.Console;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints bench</c>: how fast this machine runs a model, beside what its processor could do at most.</summary>
internal static class BenchCommand
{
    private const double RoundSeconds = 0.3;
    private const int Rounds = 7;

    public static Command Create(CliHost host)
    {
        var model = new Option<string?>("--model") { Description = "Checkpoint; by default one of BERT-base's size with random weights." };
        var subNetwork = new Option<string?>("--subnetwork") { Description = "What of it to run; by default all." };
        var lengths = new Option<int>("--length") { Description = "Tokens of a pair.", DefaultValueFactory = _ => 64 };
        var batches = new Option<string>("--batch") { Description = "Pairs in a batch, comma separated.", DefaultValueFactory = _ => "1,8,32" };
        var threads = SharedOptions.Threads();
        var json = SharedOptions.Json();
        var command = new Command("bench", "Measure pairs per second and the share of the processor's own multiply-add peak.") { model, subNetwork, lengths, batches, threads, json };
        command.SetAction((result, cancellationToken) =>
        {
            BertParameters parameters = result.GetValue(model) is { } folder ? CheckpointFolder.Load(folder).Parameters : BertParameters.Random(BertConfig.Base(), seed: 1);
            SubNetwork chosen = result.GetValue(subNetwork) is { } text ? SubNetwork.Parse(text, parameters.Config) : SubNetwork.Full(parameters.Config);
            int length = Math.Clamp(result.GetValue(lengths), 1, parameters.Config.MaxSequenceLength);
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            using var team = new ThreadTeam(result.GetValue(threads) > 0 ? result.GetValue(threads) : Environment.ProcessorCount, "peak");
            IClassifier classifier = engine.Load(parameters).CreateClassifier(chosen, lane: 0);
            var measured = new List<MeasuredBatch>();
            foreach (string size in result.GetValue(batches)!.Split(','))
            {
                cancellationToken.ThrowIfCancellationRequested();
                measured.Add(Measure(host.Time, classifier, team, parameters.Config, chosen, int.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture), length));
            }

            var measurement = new Measurement(engine.Description, chosen.ToString(), ParameterCount.Sliced(parameters.Config, chosen), length, Rounds, measured);
            if (result.GetValue(json))
            {
                host.WriteJson(measurement, BenchJson.Default.Measurement);
            }
            else
            {
                Show(host, measurement);
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Show(CliHost host, Measurement measurement)
    {
        host.Output.WriteLine(Text($"{measurement.Engine}; {measurement.Parameters:N0} parameters ({measurement.SubNetwork}), {measurement.Tokens} tokens a pair, medians of {measurement.Rounds} rounds"));
        Table table = new Table().Border(TableBorder.Simple).AddColumns("batch", "pairs/s", "ms/batch", "GFLOP/s", "FMA peak", "share of peak");
        foreach (MeasuredBatch batch in measurement.Batches)
        {
            table.AddRow(
                Text($"{batch.Pairs}"), Text($"{batch.PairsPerSecond:0.0}"), Text($"{batch.Milliseconds:0.000}"), Text($"{batch.Gflops:0.0}"), Text($"{batch.PeakGflops:0.0}"),
                Text($"{batch.Gflops / batch.PeakGflops:0.0 %}"));
        }

        host.Terminal.Write(table);
    }

    private static MeasuredBatch Measure(TimeProvider time, IClassifier classifier, ThreadTeam team, BertConfig config, SubNetwork subNetwork, int count, int length)
    {
        var random = new Random(1);
        var batch = new TokenBatch();
        for (int i = 0; i < count; i++)
        {
            batch.Add([.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))], new int[length]);
        }

        float[] logits = new float[count * classifier.LabelCount];
        double once = Seconds(time, classifier, batch, logits, 1);
        int calls = Math.Max(1, (int)(RoundSeconds / Math.Min(once, Seconds(time, classifier, batch, logits, 1))));
        double[] rounds = new double[Rounds];
        double peak = 0;
        for (int round = 0; round < Rounds; round++)
        {
            // Peak and model in turn, so that both see the same neighbours on a shared machine.
            peak = Math.Max(peak, ProcessorPeak.MeasureFloat32(team, runs: 1));
            rounds[round] = Seconds(time, classifier, batch, logits, calls);
        }

        Array.Sort(rounds);
        double median = rounds[Rounds / 2];
        double rate = OperationCount.Executed(config, subNetwork, length) * count / median / 1e9;
        return new MeasuredBatch(count, count / median, median * 1e3, rate, peak);
    }

    private static double Seconds(TimeProvider time, IClassifier classifier, TokenBatch batch, float[] logits, int calls)
    {
        long start = time.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            classifier.Classify(batch, logits);
        }

        return time.GetElapsedTime(start).TotalSeconds / calls;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A batch size and what it reached.</summary>
internal sealed record MeasuredBatch(int Pairs, double PairsPerSecond, double Milliseconds, double Gflops, double PeakGflops);

/// <summary>What <c>bench --json</c> writes.</summary>
internal sealed record Measurement(string Engine, string SubNetwork, long Parameters, int Tokens, int Rounds, IReadOnlyList<MeasuredBatch> Batches);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Measurement))]
internal sealed partial class BenchJson : JsonSerializerContext;
