using System.Globalization;
using System.Text;
using Endpoints.Charts;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>A picture of a study with its data: <c>NAME.svg</c> and <c>NAME.csv</c>.</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Section">Heading that it stands under in the report.</param>
/// <param name="Chart">The picture.</param>
/// <param name="Csv">The data.</param>
public sealed record StudyFigure(string Name, string Section, Chart Chart, string Csv)
{
    internal static string Table(string header, IEnumerable<FormattableString> rows)
    {
        var text = new StringBuilder(header).Append('\n');
        foreach (FormattableString row in rows)
        {
            text.Append(row.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }

        return text.ToString();
    }
}

/// <summary>What figures are drawn from.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Searches">Its finished searches.</param>
/// <param name="Comparisons">Networks of the methods to compare with.</param>
/// <param name="Latencies">By task and model: the first search's front in every precision.</param>
/// <param name="Hypervolumes">Of all searches.</param>
internal sealed record StudyView(
    StudyPlan Plan,
    IReadOnlyList<StudySearch> Searches,
    IReadOnlyList<StudyCurve> Comparisons,
    IReadOnlyDictionary<string, IReadOnlyList<StudyLatency>> Latencies,
    StudyHypervolumes Hypervolumes)
{
    /// <summary>Tasks and models that have a finished search, in the plan's order.</summary>
    public IReadOnlyList<string> Settings => [.. Searches.Select(search => search.Setting).Distinct()];

    public IEnumerable<StudySearch> BySpace => Searches.Where(search => search.Strategy == Plan.Strategies[0] && search.Method == Plan.Methods[0]);

    public IEnumerable<StudySearch> ByStrategy => Searches.Where(search => search.Space == Plan.Spaces[0] && search.Method == Plan.Methods[0]);

    public IEnumerable<StudySearch> ByMethod => Searches.Where(search => search.Space == Plan.Spaces[0] && search.Strategy == Plan.Strategies[0]);
}
