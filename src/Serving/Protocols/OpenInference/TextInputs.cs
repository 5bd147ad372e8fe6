using System.Text.Json;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>Rows given as texts: the tensors <c>premise</c> and <c>hypothesis</c>, or <c>text</c>, of BYTES [n] or [n, 1].</summary>
internal static class TextInputs
{
    public const string Premise = "premise";
    public const string Hypothesis = "hypothesis";
    public const string Text = "text";

    private const string Expected = "send premise and hypothesis, or text (BYTES), or input_ids (INT64)";

    /// <returns>Null when <paramref name="rows"/> is valid, else a sentence that says what is wrong.</returns>
    public static string? Read(Dictionary<string, InputTensor> tensors, out InputRow[] rows)
    {
        rows = [];
        string[] names = tensors.ContainsKey(Text) ? [Text] : [Premise, Hypothesis];
        if (tensors.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            return $"The tensor '{InputTensor.Shorten(unknown)}' does not belong here; {Expected}.";
        }

        var texts = new string[names.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            if (!tensors.TryGetValue(names[i], out InputTensor? tensor))
            {
                return $"The tensor '{names[i]}' is missing; {Expected}.";
            }

            if (ReadTexts(tensor, out texts[i]) is { } fault)
            {
                return fault;
            }
        }

        if (texts[0].Length != texts[^1].Length)
        {
            return $"premise has {texts[0].Length} rows and hypothesis {texts[^1].Length}; send as many of each.";
        }

        rows = [.. texts[0].Select((text, i) => InputRow.OfText(text, texts.Length == 1 ? null : texts[1][i]))];
        return null;
    }

    private static string? ReadTexts(InputTensor tensor, out string[] texts)
    {
        texts = new string[tensor.Shape[0]];
        if (tensor.DataType != "BYTES")
        {
            return $"The tensor '{tensor.Name}' must be of datatype BYTES, '{InputTensor.Shorten(tensor.DataType)}' was found.";
        }

        if (tensor.RowLength != 1)
        {
            return $"The tensor '{tensor.Name}' must be of shape [n] or [n, 1], [{string.Join(", ", tensor.Shape)}] was found.";
        }

        for (int i = 0; i < texts.Length; i++)
        {
            if (tensor.Data[i].ValueKind != JsonValueKind.String)
            {
                return $"Row {i} of '{tensor.Name}' must be a string, {tensor.Data[i].Found()} was found.";
            }

            texts[i] = tensor.Data[i].GetString()!;
            if (string.IsNullOrWhiteSpace(texts[i]))
            {
                return $"Row {i} of '{tensor.Name}' must not be empty.";
            }
        }

        return null;
    }
}
