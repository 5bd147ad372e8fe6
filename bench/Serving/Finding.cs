namespace Endpoints.Bench.Serving;

/// <summary>What a measurement found about one of docs/serving.md's criteria.</summary>
/// <param name="Criterion">Its number there and what it is about.</param>
/// <param name="Wanted">What has to hold.</param>
/// <param name="Measured">The figures.</param>
/// <param name="Holds">Does it?</param>
internal sealed record Finding(string Criterion, string Wanted, string Measured, bool Holds);
