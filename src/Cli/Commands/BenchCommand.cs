using System.CommandLine;
using System.Globalization;
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
        var command = new Command("bench", "Measure pairs per second and the share of the processor's own multiply-add peak.") { model, subNetwork, lengths, batches, threads };
        command.SetAction((result, cancellationToken) =>
        {
            BertParameters parameters = result.GetValue(model) is { } folder ? CheckpointFolder.Load(folder).Parameters : BertParameters.Random(BertConfig.Base(), seed: 1);
            SubNetwork chosen = result.GetValue(subNetwork) is { } text ? SubNetwork.Parse(text, parameters.Config) : SubNetwork.Full(parameters.Config);
            int length = Math.Clamp(result.GetValue(lengths), 1, parameters.Config.MaxSequenceLength);
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            using var team = new ThreadTeam(result.GetValue(threads) > 0 ? result.GetValue(threads) : Environment.ProcessorCount, "peak");
            IClassifier classifier = engine.Load(parameters).CreateClassifier(chosen, lane: 0);
            host.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{engine.Description}; {ParameterCount.Sliced(parameters.Config, chosen):N0} parameters ({chosen}), {length} tokens a pair, medians of {Rounds} rounds"));
            Table table = new Table().Border(TableBorder.Simple).AddColumns("batch", "pairs/s", "ms/batch", "GFLOP/s", "FMA peak", "share of peak");
            foreach (string size in result.GetValue(batches)!.Split(','))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Measure(host.Time, table, classifier, team, parameters.Config, chosen, int.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture), length);
            }

            host.Terminal.Write(table);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Measure(TimeProvider time, Table table, IClassifier classifier, ThreadTeam team, BertConfig config, SubNetwork subNetwork, int count, int length)
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
        table.AddRow(Text($"{count}"), Text($"{count / median:0.0}"), Text($"{median * 1e3:0.000}"), Text($"{rate:0.0}"), Text($"{peak:0.0}"), Text($"{rate / peak:0.0 %}"));
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
