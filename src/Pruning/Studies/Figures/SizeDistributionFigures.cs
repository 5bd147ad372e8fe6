using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Charts;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>How large the sub-networks of each space are when they are drawn at random (figure 3 of the paper).</summary>
internal static class SizeDistributionFigures
{
    private const int Draws = 2000, Bins = 40;

    public static StudyFigure Draw(string model, BertConfig config, IReadOnlyList<string> spaces)
    {
        double whole = ParameterCount.Sliced(config, SubNetwork.Full(config));
        (string Space, double[] Shares)[] drawn = [.. spaces.Select(name =>
        {
            ISearchSpace space = Catalogs.SearchSpaces.Create(name, config);
            Random random = RandomStream.Create(0, "size distribution", 0);
            return (name, Enumerable.Range(0, Draws).Select(_ => 100 * ParameterCount.Sliced(config, space.SubNetworkAt(space.Sample(random))) / whole).ToArray());
        })];
        var chart = new HistogramChart
        {
            Title = $"Size of random sub-networks: {model}",
            Description = $"{Draws} sub-networks drawn by each space's own rule; embeddings, pooler and classifier are never pruned.",
            X = new Axis("Parameters kept", "%") { Min = 0, Max = 100 },
            Y = new Axis("Share of sub-networks"),
            Distributions = [.. drawn.Select(one => Distribution.Of(one.Space, one.Shares, 0, 100, Bins))],
        };
        return new StudyFigure($"sizes_{model}", "Search spaces", chart, StudyFigure.Table(
            "space,draw,parameters_percent", drawn.SelectMany(one => one.Shares.Select<double, FormattableString>((share, i) => $"{one.Space},{i},{share:R}"))));
    }
}
