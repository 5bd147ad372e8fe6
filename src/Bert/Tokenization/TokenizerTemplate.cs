using System.Text.Json;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>The <c>post_processor</c> of a <c>tokenizer.json</c>: which special tokens it puts where.</summary>
internal static class TokenizerTemplate
{
    /// <summary>The first token of every input, and the one that ends each text.</summary>
    /// <param name="processor">The object.</param>
    /// <param name="separatorsBetween">Separators that must stand between two texts.</param>
    /// <param name="secondType">Token type that the second text must have.</param>
    /// <exception cref="CheckpointException">It lays inputs out otherwise.</exception>
    public static (string First, string Separator) Read(JsonFields processor, int separatorsBetween, int secondType)
    {
        string simple = separatorsBetween == 1 ? "BertProcessing" : "RobertaProcessing";
        string type = processor.Text("type") ?? "";
        if (type == simple)
        {
            return (Token(processor, "cls"), Token(processor, "sep"));
        }

        if (type != "TemplateProcessing")
        {
            throw processor.Failure("type", $"\"{simple}\" or \"TemplateProcessing\", which is what is supported");
        }

        string[] single = Steps(processor, "single"), pair = Steps(processor, "pair");
        string first = single.Length == 3 ? Name(single[0]) : "", separator = single.Length == 3 ? Name(single[2]) : "";
        Require(processor, "single", single, [$"{first}:0", "A:0", $"{separator}:0"]);
        Require(processor, "pair", pair,
            [$"{first}:0", "A:0", .. Enumerable.Repeat($"{separator}:0", separatorsBetween), $"B:{secondType}", $"{separator}:{secondType}"]);
        return (first, separator);
    }

    /// <summary>The token of a pair of token and id.</summary>
    private static string Token(JsonFields processor, string name) =>
        processor.Value(name) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String
            ? pair[0].GetString()!
            : throw processor.Failure(name, "a token and its id");

    /// <summary>A template as texts: each token or text (A, B) with its type.</summary>
    private static string[] Steps(JsonFields processor, string name) => [.. processor.Objects(name).Select(step =>
    {
        JsonFields part = step.Object("SpecialToken") ?? step.Object("Sequence") ?? throw processor.Failure(name, "a list of special tokens and texts");
        return $"{part.Text("id")}:{part.Integer("type_id", 0, absent: 0)}";
    })];

    private static string Name(string step) => step[..step.LastIndexOf(':')];

    private static void Require(JsonFields processor, string name, string[] steps, string[] expected)
    {
        if (!steps.SequenceEqual(expected))
        {
            throw new CheckpointException(
                $"{processor.Owner}: expected \"{name}\" to be {string.Join(' ', expected)} (tokens or texts, and their types), which is what is supported, found {string.Join(' ', steps)}.");
        }
    }
}
