using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.SearchSpaces.Sampling;

/// <summary>The paper's rule, which every space draws by itself: uniform in every dimension, but of bits first how many and then which.</summary>
internal static class PaperSampling
{
    public const string Name = "paper";

    [ModuleInitializer]
    internal static void Register() => Catalogs.Samplings.Add(Name, space => space);
}
