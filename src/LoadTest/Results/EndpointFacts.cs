namespace Endpoints.LoadTest.Results;

/// <summary>What a server says about an endpoint in <c>GET /endpoints</c>; each may be missing.</summary>
public sealed record EndpointFacts
{
    /// <summary>Its name at the server.</summary>
    public string? Name { get; init; }

    /// <summary>Which sub-network it is, in its text form.</summary>
    public string? SubNetwork { get; init; }

    /// <summary>What its products run in, for example <c>bfloat16</c>.</summary>
    public string? Precision { get; init; }

    /// <summary>Parameters it keeps.</summary>
    public long? Parameters { get; init; }

    /// <summary>Parameters of the super-network that it was cut from.</summary>
    public long? ParametersBeforePruning { get; init; }

    /// <summary>Its accuracy on <see cref="DataSet"/>, 0 to 1, as measured before it was served.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The task and part of it that the accuracy was measured on.</summary>
    public string? DataSet { get; init; }
}
