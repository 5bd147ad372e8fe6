using System.Text.Json;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>
/// Rows given as token ids: <c>input_ids</c>, and with it <c>attention_mask</c> (default all 1) and <c>token_type_ids</c> (default all 0), each INT64 or INT32
/// [n, length]. What the mask hides at a row's end is padding: it is dropped here and never computed.
/// </summary>
internal static class TokenInputs
{
    public const string Ids = "input_ids";
    public const string Mask = "attention_mask";
    public const string Types = "token_type_ids";

    /// <returns>Null when <paramref name="rows"/> is valid, else a sentence that says what is wrong.</returns>
    public static string? Read(Dictionary<string, InputTensor> tensors, ServedEndpoint endpoint, out InputRow[] rows)
    {
        rows = [];
        if (tensors.Keys.FirstOrDefault(name => name is not (Ids or Mask or Types)) is { } unknown)
        {
            return $"The tensor '{InputTensor.Shorten(unknown)}' does not belong beside {Ids}; send {Ids}, {Mask} and {Types}.";
        }

        string? fault = ReadTensor(tensors, Ids, endpoint.VocabularySize, fallback: 0, out int[] ids)
            ?? ReadTensor(tensors, Mask, 2, fallback: 1, out int[] mask)
            ?? ReadTensor(tensors, Types, endpoint.TypeVocabularySize, fallback: 0, out int[] types)
            ?? Cut(tensors[Ids], ids, mask, types, out rows);
        return fault;
    }

    private static string? ReadTensor(Dictionary<string, InputTensor> tensors, string name, int limit, int fallback, out int[] values)
    {
        InputTensor ids = tensors[Ids];
        values = new int[ids.Data.Count];
        if (!tensors.TryGetValue(name, out InputTensor? tensor))
        {
            Array.Fill(values, fallback);
            return null;
        }

        if (tensor.DataType is not ("INT64" or "INT32"))
        {
            return $"The tensor '{name}' must be of datatype INT64, '{InputTensor.Shorten(tensor.DataType)}' was found.";
        }

        if (tensor.Shape.Length != 2 || !tensor.Shape.AsSpan().SequenceEqual(ids.Shape))
        {
            return $"The tensor '{name}' must be of shape [n, length], the same as {Ids}; [{string.Join(", ", tensor.Shape)}] was found.";
        }

        for (int i = 0; i < values.Length; i++)
        {
            JsonElement value = tensor.Data[i];
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out values[i]) || values[i] < 0 || values[i] >= limit)
            {
                return $"Row {i / tensor.RowLength} of '{name}' must have whole numbers from 0 to {limit - 1}; value {i % tensor.RowLength} is none.";
            }
        }

        return null;
    }

    private static string? Cut(InputTensor ids, int[] allIds, int[] mask, int[] types, out InputRow[] rows)
    {
        int length = ids.RowLength;
        rows = new InputRow[ids.Shape[0]];
        for (int row = 0; row < rows.Length; row++)
        {
            Span<int> seen = mask.AsSpan(row * length, length);
            int kept = seen.IndexOf(0) is var first and >= 0 ? first : length;
            if (kept == 0 || seen[kept..].Contains(1))
            {
                return $"Row {row} of '{Mask}' must be ones, then zeros: pad at the end, and leave at least one token.";
            }

            rows[row] = InputRow.OfTokens(allIds.AsSpan(row * length, kept).ToArray(), types.AsSpan(row * length, kept).ToArray());
        }

        return null;
    }
}
