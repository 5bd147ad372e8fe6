using System.CommandLine;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning;
using Endpoints.Pruning.FineTuning;

namespace Endpoints.Cli.Commands;

/// <summary>Options of <c>train</c> that switch its strategy; the paper's values are the defaults.</summary>
internal sealed class StrategyArguments
{
    private const string InPlace = "in-place", Untrained = "untrained";

    private readonly Option<string> _strategy = new("--strategy")
    {
        Description = $"Which sub-networks learn in a step, and from what: {string.Join(", ", Catalogs.FineTuningStrategies.Names)}.",
        DefaultValueFactory = _ => "full",
    };

    private readonly Option<string> _space = new("--space")
    {
        Description = $"Search space that sub-networks are drawn from: {string.Join(", ", Catalogs.SearchSpaces.Names)}.",
        DefaultValueFactory = _ => "small",
    };

    private readonly Option<string> _sampling = new("--sampling")
    {
        Description = $"How they are drawn from it: {string.Join(", ", Catalogs.Samplings.Names)}.",
        DefaultValueFactory = _ => "paper",
    };

    private readonly Option<int?> _count = new("--random") { Description = "Random sub-networks in a step; by default 2 beside the super-network, 1 alone." };

    private readonly Option<string?> _smallest = new("--smallest") { Description = "The smallest sub-network of sandwich and full, for example small:l=1,h=1,u=1; by default the search space's, which has no layer." };

    private readonly Option<float> _temperature = new("--temperature") { Description = "Temperature of the distillation.", DefaultValueFactory = _ => 10 };

    private readonly Option<bool> _unscaled = new("--no-squared-temperature") { Description = "Do not multiply the distillation by the temperature's square: at 10 it then weighs a hundredth of the labels." };

    private readonly Option<bool> _noLabels = new("--no-label-term") { Description = "Sub-networks learn from their teacher alone, not from the labels." };

    private readonly Option<string> _teacher = new("--teacher")
    {
        Description = $"Whom sub-networks follow: {InPlace} (the super-network, in the same step), {Untrained} (likewise, but distillation does not train it), or the folder of a fine-tuned checkpoint.",
        DefaultValueFactory = _ => InPlace,
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_strategy, _space, _sampling, _count, _smallest, _temperature, _unscaled, _noLabels, _teacher])
        {
            command.Options.Add(option);
        }
    }

    public string Strategy(ParseResult result) => result.GetValue(_strategy)!;

    public string Space(ParseResult result) => result.GetValue(_space)!;

    public string Sampling(ParseResult result) => result.GetValue(_sampling)!;

    public StrategyOptions Options(ParseResult result, Checkpoint superNetwork)
    {
        string strategy = Strategy(result);
        if (result.GetValue(_teacher) == Untrained && !strategy.Equals("distillation", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--teacher {Untrained} is for --strategy distillation: {strategy} always trains what it has.");
        }

        return new StrategyOptions
        {
            RandomSubNetworks = result.GetValue(_count),
            Smallest = result.GetValue(_smallest) is { } text ? SubNetwork.Parse(text, superNetwork.Config) : null,
            Temperature = result.GetValue(_temperature),
            SquareTemperature = !result.GetValue(_unscaled),
            LabelTerm = !result.GetValue(_noLabels),
            TrainTeacher = result.GetValue(_teacher) != Untrained,
        };
    }

    /// <summary>The fixed teacher, where one is named.</summary>
    public Checkpoint? Teacher(ParseResult result) => result.GetValue(_teacher) is InPlace or Untrained ? null : CheckpointFolder.Load(result.GetValue(_teacher)!);
}
