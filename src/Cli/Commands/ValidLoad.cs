using System.Globalization;
using System.Text.Json.Serialization;
using Endpoints.LoadTest.Scenarios;

namespace Endpoints.Cli.Commands;

/// <summary>A target in what <c>load --validate --json</c> writes.</summary>
internal sealed record ValidTarget(string Name, string Url, string Protocol);

/// <summary>What <c>load --validate</c> found would run.</summary>
/// <param name="Targets">Whom it would ask.</param>
/// <param name="Stages">Stages of each target, before any search.</param>
/// <param name="Pairs">Pairs to send.</param>
/// <param name="LabelledPairs">Pairs among them whose answers can be checked.</param>
/// <param name="Seconds">How long it would take, before any search.</param>
/// <param name="Out">The folder that it would write.</param>
internal sealed record ValidLoad(IReadOnlyList<ValidTarget> Targets, int Stages, int Pairs, int LabelledPairs, double Seconds, string Out)
{
    public static ValidLoad Of(PlannedLoadTest plan) => new(
        [.. plan.Targets.Select(target => new ValidTarget(target.Name, target.Url.ToString(), target.Form.Name))], plan.Options.Profile.Stages.Count,
        plan.Pairs.Count, plan.Pairs.Count(pair => pair.Label is not null), (plan.Options.Profile.Duration * plan.Targets.Count).TotalSeconds, plan.Folder);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Valid: {string.Join(", ", Targets.Select(target => $"{target.Name} ({target.Protocol})"))}; {Count(Stages, "stage")} each, {Count(Pairs, "pair")}, {LabelledPairs} with a label, about {TimeSpan.FromSeconds(Seconds):h\\:mm\\:ss}; writes {Out}.");

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ValidLoad))]
internal sealed partial class LoadJson : JsonSerializerContext;
