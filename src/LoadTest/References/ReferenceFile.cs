using System.Text.Json;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.References;

/// <summary>
/// A JSONL file with the scores that answers should have: a line for each pair, in the order of the pairs file. Of a line counts <c>scores</c> or, where
/// it has none, <c>logits</c> or <c>value</c>; <c>premise</c> and <c>hypothesis</c>, if they are there, must be those of the pair.
/// </summary>
public static class ReferenceFile
{
    private static readonly string[] Fields = ["scores", "logits", "value"];

    /// <summary>Reads the scores for pairs.</summary>
    /// <exception cref="LoadTestException">The file cannot be read or does not belong to the pairs; the message names the line.</exception>
    internal static ReferenceScores[] Read(string path, IReadOnlyList<LoadPair> pairs)
    {
        try
        {
            string[] lines = [.. File.ReadLines(path).Where(line => !string.IsNullOrWhiteSpace(line))];
            return lines.Length == pairs.Count
                ? [.. lines.Select((line, i) => Parse(line, pairs[i], $"{path}, line {i + 1}"))]
                : throw new LoadTestException($"{path} has {lines.Length} references, and there are {pairs.Count} pairs: expected a line for each pair, in their order.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"The reference {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Asks a target every pair once, one after the other, and writes its scores as a reference for others.</summary>
    /// <param name="path">The file, replaced as a whole when all answers are there.</param>
    /// <param name="target">Whose answers are the reference.</param>
    /// <param name="pairs">What to ask.</param>
    /// <param name="options">Time limit, and where scores stand in answers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up; no file is written then.</param>
    /// <exception cref="LoadTestException">An answer has no scores, or the file cannot be written.</exception>
    public static async Task WriteAsync(
        string path, LoadTarget target, IReadOnlyList<LoadPair> pairs, LoadTestOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        target = target.AskingScores();
        string field = target.ScoresField(options);
        var scores = new AnswerScores(field);
        using var lines = new MemoryStream();
        using ITargetClient client = target.Connect(options, time, cancellationToken);
        for (int i = 0; i < pairs.Count; i++)
        {
            LoadPair pair = pairs[i];
            Answer answer = await client.AskAsync(Question.From(pair with { Label = null }, target.Form)).ConfigureAwait(false) ?? throw new OperationCanceledException(cancellationToken);
            if (answer.Error is { } error)
            {
                throw new LoadTestException($"{target.Url} gave {error} to pair {i + 1}: a reference needs an answer to every pair.");
            }

            ReferenceScores found = scores.Read(client.Body)
                ?? throw new LoadTestException($"The answer of {target.Url} to pair {i + 1} has no scores at '{field}': say where they are with --scores-field.");
            using (var json = new Utf8JsonWriter(lines))
            {
                json.WriteStartObject();
                json.WriteString("premise"u8, pair.Premise);
                json.WriteString("hypothesis"u8, pair.Hypothesis);
                json.WritePropertyName("scores"u8);
                found.Write(json);
                json.WriteEndObject();
            }

            lines.WriteByte((byte)'\n');
        }

        try
        {
            CsvFile.Replace(path, lines.ToArray());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"The reference {path} cannot be written: {exception.Message}", exception);
        }
    }

    private static ReferenceScores Parse(string line, LoadPair pair, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object)
            {
                RequireSame(root, "premise", pair.Premise, where);
                RequireSame(root, "hypothesis", pair.Hypothesis, where);
                if (Fields.FirstOrDefault(field => root.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null) is { } found
                    && ReferenceScores.From(root.GetProperty(found)) is { } scores)
                {
                    return scores;
                }
            }
        }
        catch (JsonException exception)
        {
            throw new LoadTestException($"{where} is not JSON: expected one object a line, as 'endpoints predict' writes them.", exception);
        }

        throw new LoadTestException($"{where}: expected an object with scores, logits or a value, as 'endpoints predict' writes them.");
    }

    private static void RequireSame(JsonElement root, string field, string text, string where)
    {
        if (root.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() != text)
        {
            throw new LoadTestException($"{where}: its {field} is not that of the pair in the same place of the pairs file. Write the reference again from these pairs.");
        }
    }
}
