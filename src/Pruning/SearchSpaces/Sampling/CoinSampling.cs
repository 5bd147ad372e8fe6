using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.SearchSpaces.Sampling;

/// <summary>
/// Every dimension uniform and independent of the others: a fair coin for a bit. What the public code does in spaces of bits, where it nearly always keeps about half;
/// in spaces of integers the same as the paper's rule.
/// </summary>
internal sealed class CoinSampling(ISearchSpace space) : SampledSpace(space)
{
    [ModuleInitializer]
    internal static void Register() => Catalogs.Samplings.Add("coins", space => new CoinSampling(space));

    public override SearchPoint Sample(Random random) =>
        new([.. Dimensions.Select(dimension => random.Next(dimension.Minimum, dimension.Maximum + 1))]);
}
