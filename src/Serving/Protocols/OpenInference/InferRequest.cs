using System.Text.Json;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>Reads an infer request: which tensors it has, what they mean, and which outputs it asks for. Fields that it does not know it ignores, as the protocol wants.</summary>
internal static class InferRequest
{
    /// <returns>Null when <paramref name="invocation"/> is valid, else a sentence that says what is wrong.</returns>
    public static string? Read(JsonElement body, ServedEndpoint endpoint, int maxRows, out Invocation invocation)
    {
        invocation = default;
        if (body.ValueKind != JsonValueKind.Object)
        {
            return $"The body must be a JSON object, {body.Found()} was found.";
        }

        string? id = null;
        if (body.TryGetProperty("id"u8, out JsonElement idElement) && idElement.ValueKind != JsonValueKind.Null)
        {
            if (idElement.ValueKind != JsonValueKind.String)
            {
                return $"id must be a string, {idElement.Found()} was found.";
            }

            id = idElement.GetString();
        }

        if (ReadTensors(body, out Dictionary<string, InputTensor> tensors) is { } wrongTensor)
        {
            return wrongTensor;
        }

        if (ReadRows(tensors, endpoint, maxRows, out InputRow[] rows, out string rowName) is { } wrongRow)
        {
            return wrongRow;
        }

        if (RequestedOutputs.Read(body, endpoint, out RequestedOutputs? outputs) is { } wrongOutput)
        {
            return wrongOutput;
        }

        if (ReadTerms(body, out RequestTerms terms) is { } wrongTerms)
        {
            return wrongTerms;
        }

        invocation = new Invocation(rows, new InferAnswer(id, outputs!, rowName), Terms: terms);
        return null;
    }

    // As Triton has them; parameters that it has not are anybody's.
    private static string? ReadTerms(JsonElement body, out RequestTerms terms)
    {
        terms = default;
        if (!body.TryGetProperty("parameters"u8, out JsonElement parameters) || parameters.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (parameters.TryGetProperty("timeout"u8, out JsonElement timeout))
        {
            if (timeout.ValueKind != JsonValueKind.Number || !RequestTerms.TryMakeDeadline(timeout.GetDouble() / 1000, out TimeSpan deadline))
            {
                return "The parameter timeout must be a number of microseconds from 1000 to 3600000000.";
            }

            terms = terms with { Deadline = deadline };
        }

        if (parameters.TryGetProperty("priority"u8, out JsonElement priority))
        {
            if (priority.ValueKind != JsonValueKind.Number || !priority.TryGetInt32(out int level) || level < 0)
            {
                return "The parameter priority must be a whole number: 1 is high, 0 and 2 are normal, more is low.";
            }

            terms = terms with { Priority = level switch { 1 => Priority.High, 0 or 2 => Priority.Normal, _ => Priority.Low } };
        }

        return null;
    }

    private static string? ReadTensors(JsonElement body, out Dictionary<string, InputTensor> tensors)
    {
        tensors = new(StringComparer.Ordinal);
        if (!body.TryGetProperty("inputs"u8, out JsonElement inputs))
        {
            return "inputs is missing.";
        }

        if (inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() == 0)
        {
            return "inputs must be an array of at least one tensor.";
        }

        foreach (JsonElement element in inputs.EnumerateArray())
        {
            if (InputTensor.Read(element, tensors.Count, out InputTensor? tensor) is { } fault)
            {
                return fault;
            }

            if (!tensors.TryAdd(tensor!.Name, tensor))
            {
                return $"inputs has two tensors named '{tensor.Name}'.";
            }
        }

        return null;
    }

    private static string? ReadRows(
        Dictionary<string, InputTensor> tensors, ServedEndpoint endpoint, int maxRows, out InputRow[] rows, out string rowName)
    {
        (rows, rowName) = ([], "");
        if (tensors.Values.Max(tensor => tensor.Shape[0]) > maxRows)
        {
            return $"A tensor has more than the {maxRows} rows that one request may have; send the rest in further requests.";
        }

        if (tensors.ContainsKey(TokenInputs.Ids))
        {
            rowName = TokenInputs.Ids;
            return TokenInputs.Read(tensors, endpoint, out rows);
        }

        rowName = tensors.ContainsKey(TextInputs.Text) ? TextInputs.Text : TextInputs.Premise;
        return TextInputs.Read(tensors, out rows);
    }
}
