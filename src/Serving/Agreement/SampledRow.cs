using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Agreement;

/// <summary>A row that an endpoint has answered, and that its reference is to answer too. Its tokens are kept in memory until then, and nowhere else.</summary>
/// <param name="Endpoint">Who answered it.</param>
/// <param name="Reference">Who is asked next.</param>
/// <param name="Tokens">The row.</param>
/// <param name="Scores">What was answered.</param>
internal sealed record SampledRow(ServedEndpoint Endpoint, ServedEndpoint Reference, Encoding Tokens, float[] Scores);
