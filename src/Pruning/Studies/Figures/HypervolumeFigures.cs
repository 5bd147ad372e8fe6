using Endpoints.Charts;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>Hypervolume by search space, by strategy and by method: one value a seed (figures 5 and 7 of the paper).</summary>
internal static class HypervolumeFigures
{
    public static IEnumerable<StudyFigure> Draw(StudyView view) =>
        new[]
        {
            Figure(view, "hypervolume-by-space", "Search spaces", "Hypervolume by search space", [.. view.BySpace], search => search.Space, view.Plan.Spaces),
            Figure(view, "hypervolume-by-strategy", "Fine-tuning strategies", "Hypervolume by strategy", [.. view.ByStrategy], search => search.Strategy, view.Plan.Strategies),
            Figure(view, "hypervolume-by-method", "Search methods", "Hypervolume by search method", [.. view.ByMethod], search => search.Method, view.Plan.Methods),
        }.OfType<StudyFigure>();

    private static StudyFigure? Figure(
        StudyView view, string name, string section, string title, StudySearch[] searches, Func<StudySearch, string> group, string[] groups)
    {
        if (groups.Length < 2 || searches.Length == 0)
        {
            return null;
        }

        double[] Values(string one, string setting) => [.. searches.Where(search => group(search) == one && search.Setting == setting).Select(view.Hypervolumes.Of)];
        var chart = new BoxChart
        {
            Title = title,
            Description = $"{view.Plan.Trials} sub-networks a search, one point a seed; error and parameters normalised by quantiles over all searches of a task, up to (2, 2): 4 is the most.",
            X = new Axis("Task, model") { Categories = view.Settings },
            Y = new Axis("Hypervolume"),
            Groups = [.. groups.Select(one => new BoxGroup(one, [.. view.Settings.Select((setting, i) => new Box(i, Values(one, setting)))]))],
        };
        return new StudyFigure(name, section, chart, StudyFigure.Table(
            "task,model,strategy,space,method,seed,hypervolume",
            searches.Select<StudySearch, FormattableString>(search =>
                $"{search.Task},{search.Model},{search.Strategy},{search.Space},{search.Method},{search.Seed},{view.Hypervolumes.Of(search):R}")));
    }
}
