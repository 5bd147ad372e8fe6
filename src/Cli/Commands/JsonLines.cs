using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Endpoints.Cli.Commands;

/// <summary>A line of <c>tokenize</c>'s input; other fields are ignored.</summary>
internal sealed record TokenizeLine(string? Text, string? Pair, int? MaxLength);

/// <summary>A line of <c>tokenize</c>'s output.</summary>
internal sealed record TokenizedLine(int[] Ids, int[] TypeIds);

/// <summary>A line of <c>predict</c>'s input: a pair or a text; other fields are ignored.</summary>
internal sealed record PredictLine(string? Premise, string? Hypothesis, string? Text);

/// <summary>A line of <c>predict</c>'s output: a label with scores, or a regression's value.</summary>
internal sealed record PredictedLine(string? Label, Dictionary<string, float>? Scores, float? Value, float[] Logits);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenizeLine))]
[JsonSerializable(typeof(TokenizedLine))]
[JsonSerializable(typeof(PredictLine))]
[JsonSerializable(typeof(PredictedLine))]
internal sealed partial class LineJson : JsonSerializerContext;

/// <summary>JSON lines in, JSON lines out.</summary>
internal static class JsonLines
{
    /// <summary>Reads whatever lines are there to be read, at least one and at most <paramref name="most"/>: an answer never waits for a question not yet asked.</summary>
    public static List<(int Number, T Value)> Take<T>(TextReader input, ref int number, int most, JsonTypeInfo<T> type)
        where T : class
    {
        var lines = new List<(int, T)>();
        while (lines.Count < most && (lines.Count == 0 || input.Peek() >= 0) && input.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Add((number, Parse(line, number, type)));
            }
        }

        return lines;
    }

    private static T Parse<T>(string line, int number, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw new InvalidDataException($"Line {number}: expected a JSON object, found null.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"Line {number} is not the JSON object expected: {exception.Message}", exception);
        }
    }
}
