using System.Globalization;
using Endpoints.Serving.Elastic;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>The answer of <c>GET /v2</c>.</summary>
internal sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions)
{
    public static ServerMetadata Create() => new("endpoints", typeof(ServerMetadata).Assembly.GetName().Version!.ToString(3), ["classification"]);
}

/// <summary>A tensor that a model takes or gives; -1 is a length that varies.</summary>
internal sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<int> Shape);

/// <summary>The answer of <c>GET /v2/models/{name}</c>.</summary>
internal sealed record ModelMetadata(
    string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs)
{
    // Texts or tokens; the parser says which go together.
    private static readonly TensorMetadata[] AllInputs =
    [
        new(TextInputs.Premise, "BYTES", [-1]),
        new(TextInputs.Hypothesis, "BYTES", [-1]),
        new(TextInputs.Text, "BYTES", [-1]),
        new(TokenInputs.Ids, "INT64", [-1, -1]),
        new(TokenInputs.Mask, "INT64", [-1, -1]),
        new(TokenInputs.Types, "INT64", [-1, -1]),
    ];

    public static ModelMetadata Of(NamedEndpoint named) => new(
        named.Name,
        [named.Version.ToString(CultureInfo.InvariantCulture)],
        "endpoints_bert",
        AllInputs,
        [.. RequestedOutputs.All(named.Endpoint).Outputs.Select(output => output.Name == RequestedOutputs.Label
            ? new TensorMetadata(output.Name, "BYTES", [-1])
            : new TensorMetadata(output.Name, "FP32", [-1, named.Endpoint.LabelCount]))]);
}

/// <summary>The answer of <c>GET /v1/models</c>.</summary>
internal sealed record ModelNames(IReadOnlyList<string> Models);

/// <summary>The answer of <c>GET /v2/health/live</c>.</summary>
internal sealed record LiveState(bool Live);

/// <summary>The answer of <c>GET /v2/health/ready</c>.</summary>
internal sealed record ReadyState(bool Ready);

/// <summary>The answer of <c>GET /v2/models/{name}/ready</c> and <c>GET /v1/models/{name}</c>.</summary>
internal sealed record NamedReadyState(string Name, bool Ready);
