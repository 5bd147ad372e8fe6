using System.CommandLine;
using Endpoints.Pruning.FineTuning;

namespace Endpoints.Cli.Commands;

/// <summary>Epochs, batches and learning rate, of the commands that fine-tune.</summary>
/// <param name="epochs">Epochs by default.</param>
/// <param name="rate">Highest learning rate by default.</param>
/// <param name="prefix">What stands before every description, in lower case after it; by default nothing.</param>
internal sealed class FineTuningArguments(int epochs, float rate = 2e-5f, string prefix = "")
{
    public Option<int> Epochs { get; } = new("--epochs") { Description = Sentence(prefix, "Passes over the training examples."), DefaultValueFactory = _ => epochs };

    public Option<int> Batch { get; } = new("--batch") { Description = Sentence(prefix, "Examples in an update step."), DefaultValueFactory = _ => 8 };

    public Option<float> Rate { get; } = new("--lr") { Description = Sentence(prefix, "Highest learning rate."), DefaultValueFactory = _ => rate };

    public Option<double> WarmUp { get; } = new("--warmup") { Description = Sentence(prefix, "Share of the steps over which the learning rate rises."), DefaultValueFactory = _ => 0 };

    /// <summary>Which epoch's weights a command keeps; for those that ask.</summary>
    public static Option<string> Keep(KeptEpoch initial, string best = "on validation")
    {
        var keep = new Option<string>("--keep") { Description = $"Which epoch's weights to keep: best ({best}) or last.", DefaultValueFactory = _ => initial == KeptEpoch.Best ? "best" : "last" };
        keep.AcceptOnlyFromAmong("best", "last");
        return keep;
    }

    /// <summary>What was given.</summary>
    public FineTuningOptions Of(ParseResult result, int seed, Option<string>? keep = null) => new()
    {
        Epochs = result.GetValue(Epochs),
        BatchSize = result.GetValue(Batch),
        LearningRate = result.GetValue(Rate),
        WarmUp = result.GetValue(WarmUp),
        Seed = seed,
        Keep = keep is not null && result.GetValue(keep) == "best" ? KeptEpoch.Best : KeptEpoch.Last,
    };

    private static string Sentence(string prefix, string text) => prefix.Length == 0 ? text : prefix + char.ToLowerInvariant(text[0]) + text[1..];
}
