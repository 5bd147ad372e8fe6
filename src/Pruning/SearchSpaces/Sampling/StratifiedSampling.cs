using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.SearchSpaces.Sampling;

/// <summary>Every size as likely as any other: one of 20 equal bins of the parameter count, and then a sub-network of that bin.</summary>
/// <remarks>
/// Stateless, so that a resumed search draws what it would have drawn: published stratified search fills bins up over a whole run instead. A bin that
/// no draw reaches (LAYER has 13 sizes for 20 bins) gives way to another.
/// </remarks>
internal sealed class StratifiedSampling(ISearchSpace space) : SampledSpace(space)
{
    private const int Bins = 20;
    private const int DrawsPerBin = 5;
    private readonly SizeRange _sizes = new(space);

    [ModuleInitializer]
    internal static void Register() => Catalogs.Samplings.Add("stratified", space => new StratifiedSampling(space));

    public override SearchPoint Sample(Random random)
    {
        SearchPoint point = Smallest;
        for (int given = 0; given < Bins; given++)
        {
            int bin = random.Next(Bins);
            for (int draw = 0; draw < DrawsPerBin; draw++)
            {
                (point, bool isInside) = _sizes.DrawAt((bin + 0.5) / Bins, position => Math.Min((int)(position * Bins), Bins - 1) == bin, random);
                if (isInside)
                {
                    return point;
                }
            }
        }

        return point;
    }
}
