using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>One output that a request asks for.</summary>
/// <param name="Name">Which.</param>
/// <param name="Classes">Above 0: as the so many best labels, each a text <c>value:index:label</c>, instead of numbers.</param>
internal readonly record struct RequestedOutput(string Name, int Classes = 0);

/// <summary>Which outputs a request asks for; without a word, all of them.</summary>
internal sealed record RequestedOutputs(RequestedOutput[] Outputs)
{
    public const string Logits = "logits";
    public const string Scores = "scores";
    public const string Label = "label";

    private static readonly RequestedOutputs OfClassifier = new([new(Logits), new(Scores), new(Label)]);
    private static readonly RequestedOutputs OfRegression = new([new(Logits)]);

    /// <summary>Everything that an endpoint computes: a regression has logits only.</summary>
    public static RequestedOutputs All(ServedEndpoint endpoint) => endpoint.ProblemType == ProblemType.Regression ? OfRegression : OfClassifier;

    /// <returns>Null when <paramref name="requested"/> is valid, else a sentence that says what is wrong.</returns>
    public static string? Read(JsonElement body, ServedEndpoint endpoint, out RequestedOutputs? requested)
    {
        RequestedOutputs all = All(endpoint);
        requested = all;
        if (!body.TryGetProperty("outputs"u8, out JsonElement outputs) || outputs.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (outputs.ValueKind != JsonValueKind.Array)
        {
            return $"outputs must be an array, {outputs.Found()} was found.";
        }

        var read = new List<RequestedOutput>();
        foreach (JsonElement output in outputs.EnumerateArray())
        {
            if (ReadOne(output, all, endpoint, out RequestedOutput one) is { } fault)
            {
                return fault;
            }

            if (read.Exists(other => other.Name == one.Name))
            {
                return $"outputs asks for '{one.Name}' twice.";
            }

            read.Add(one);
        }

        requested = read.Count == 0 ? all : new RequestedOutputs([.. read]);
        return null;
    }

    private static string? ReadOne(JsonElement output, RequestedOutputs all, ServedEndpoint endpoint, out RequestedOutput one)
    {
        one = default;
        if (output.ValueKind != JsonValueKind.Object || !output.TryGetProperty("name"u8, out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            return "Each of outputs must be an object with a name.";
        }

        string text = name.GetString()!;
        if (!Array.Exists(all.Outputs, known => known.Name == text))
        {
            return $"There is no output '{InputTensor.Shorten(text)}'; the outputs are {string.Join(", ", all.Outputs.Select(known => known.Name))}.";
        }

        one = new RequestedOutput(text);
        if (!output.TryGetProperty("parameters"u8, out JsonElement parameters) || parameters.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (parameters.TryGetProperty("binary_data"u8, out JsonElement binary) && binary.ValueKind == JsonValueKind.True)
        {
            return $"Output '{text}' is asked for as binary data, which this server does not send; leave binary_data out.";
        }

        if (!parameters.TryGetProperty("classification"u8, out JsonElement classes))
        {
            return null;
        }

        if (text == Label || classes.ValueKind != JsonValueKind.Number || !classes.TryGetInt32(out int count) || count < 1)
        {
            return $"classification of output '{text}' must be a whole number of at least 1, and of {Logits} or {Scores}.";
        }

        one = one with { Classes = Math.Min(count, endpoint.LabelCount) };
        return null;
    }
}
