using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Agreement;

/// <summary>Which requests are sampled, and whom their endpoint is compared with.</summary>
internal static class AgreementSampling
{
    /// <summary>Whether the n-th request of an endpoint is in its sample. Always the same ones, scattered so that no rhythm of the traffic meets them.</summary>
    public static bool Includes(long n, double share)
    {
        // SplitMix64: every n gives an unrelated number.
        ulong z = (ulong)n * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53)) < share;
    }

    /// <summary>
    /// The first endpoint that serves the whole network which this one was cut from (the same checkpoint, or one of the size that this one's says its parent
    /// has) and that takes and gives the same. Null where it is itself, or nobody.
    /// </summary>
    public static ServedEndpoint? ReferenceOf(ServedEndpoint endpoint, IReadOnlyList<ServedEndpoint> all)
    {
        ServedEndpoint? whole = all.FirstOrDefault(one => IsWhole(one) && IsOrigin(one, endpoint) && AreAlike(one, endpoint));
        return whole is null || whole == endpoint || whole.Queue == endpoint.Queue ? null : whole;
    }

    private static bool IsWhole(ServedEndpoint one) => one.Cascade is null && one.Description.Parameters.Kept == one.Description.Parameters.Total;

    private static bool IsOrigin(ServedEndpoint one, ServedEndpoint endpoint) =>
        one.Definition.Checkpoint.Weights == endpoint.Definition.Checkpoint.Weights || one.Description.Parameters.Kept == endpoint.Description.Parameters.Total;

    // Of a regression there is no label to agree on.
    private static bool AreAlike(ServedEndpoint one, ServedEndpoint endpoint) =>
        one.LabelCount > 1 && one.Description.Labels.SequenceEqual(endpoint.Description.Labels)
        && one.VocabularySize == endpoint.VocabularySize && one.TypeVocabularySize == endpoint.TypeVocabularySize;
}
