using Endpoints.Pruning.Baselines;

namespace Endpoints.Pruning.Studies;

/// <summary>Finds what is wrong with a plan before hours are spent on it.</summary>
internal static class StudyPlanCheck
{
    /// <summary>The first problem, in a sentence; null where there is none.</summary>
    public static string? Problem(StudyPlan plan) =>
        Names("tasks", plan.Tasks.Select(task => task.Name))
        ?? Names("models", plan.Models.Select(model => model.Name))
        ?? plan.Models.Select(Problem).FirstOrDefault(problem => problem is not null)
        ?? Chosen("spaces", plan.Spaces, Catalogs.SearchSpaces.Names)
        ?? Chosen("strategies", plan.Strategies, Catalogs.FineTuningStrategies.Names)
        ?? Chosen("methods", plan.Methods, Catalogs.SearchMethods.Names)
        ?? (plan.Baselines.Length == 0 ? null : Chosen("baselines", plan.Baselines, PruningMethods.Catalog.Names))
        ?? ((plan.Baselines.Length > 0 || plan.StandAlone > 0) && !plan.Strategies.Contains(StudyUnit.Standard, StringComparer.OrdinalIgnoreCase)
            ? $"baselines and stand-alone networks stand beside those of the strategy {StudyUnit.Standard}: add it to strategies." : null)
        ?? (plan.StandAlone < 0 ? $"expected standAlone of at least 0, found {plan.StandAlone}." : null)
        ?? (plan.Seeds.Length == 0 || plan.Seeds.Distinct().Count() != plan.Seeds.Length ? "expected at least one seed, and none twice." : null)
        ?? (plan.Trials < 1 ? $"expected at least 1 trial, found {plan.Trials}." : null);

    private static string? Problem(StudyModel model) => (model.Checkpoint is not null, model.Layers > 0) switch
    {
        (true, true) => $"the model {model.Name} has both a checkpoint and a shape: expected one of them.",
        (false, false) => $"the model {model.Name} needs a checkpoint, or layers, hidden, heads, units and a vocabulary for random weights.",
        (false, true) when model.Vocabulary is null || model.Hidden < 1 || model.Heads < 1 || model.Units < 1 || model.Hidden % model.Heads != 0 =>
            $"the model {model.Name} needs layers, hidden (a multiple of heads), heads, units and a vocabulary for random weights.",
        _ => null,
    };

    /// <summary>Names become parts of folder names.</summary>
    private static string? Names(string kind, IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? $"expected at least one of {kind}."
            : all.FirstOrDefault(name => name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')) is { } odd
                ? $"{kind}: expected a name of letters, digits and hyphens, found '{odd}'."
                : all.Distinct(StringComparer.OrdinalIgnoreCase).Count() != all.Length ? $"{kind}: expected different names." : null;
    }

    private static string? Chosen(string kind, string[] names, IReadOnlyList<string> known)
    {
        string? unknown = names.FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase));
        return names.Length == 0 ? $"expected at least one of {kind}."
            : unknown is not null ? $"{kind}: there is no '{unknown}': expected {string.Join(" or ", known)}."
            : names.Distinct(StringComparer.OrdinalIgnoreCase).Count() != names.Length ? $"{kind}: expected each once." : null;
    }
}
