using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Endpoints.LoadTest.Users;

/// <summary>A place in an answer's JSON: names with dots between them and places in brackets, such as <c>label</c> or <c>outputs[0].data[0]</c>.</summary>
internal sealed class AnswerPath
{
    private readonly Step[] _steps;

    /// <exception cref="LoadTestException">The path is not of that form.</exception>
    public AnswerPath(string path)
    {
        Text = path;
        _steps = [.. StepsOf(path)];
    }

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    /// <summary>Moves from the start of a body to the value there; false when there is none.</summary>
    /// <exception cref="JsonException">The body is not JSON up to there.</exception>
    public bool TrySeek(ref Utf8JsonReader json) => json.Read() && Seek(ref json, _steps);

    /// <summary>Moves from a value to the one that the steps lead to.</summary>
    private static bool Seek(ref Utf8JsonReader json, ReadOnlySpan<Step> steps)
    {
        if (steps.IsEmpty)
        {
            return true;
        }

        Step step = steps[0];
        if (json.TokenType != (step.Name is null ? JsonTokenType.StartArray : JsonTokenType.StartObject))
        {
            return false;
        }

        for (int place = 0; json.Read() && json.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject); place++)
        {
            bool here = step.Name is null ? place == step.Place : json.ValueTextEquals(step.Name);
            if (step.Name is not null)
            {
                json.Read();
            }

            if (here)
            {
                return Seek(ref json, steps[1..]);
            }

            json.Skip();
        }

        return false;
    }

    private static IEnumerable<Step> StepsOf(string path)
    {
        foreach (string part in path.Split('.'))
        {
            string[] pieces = part.Split('[');
            if (pieces[0].Length > 0)
            {
                yield return new Step(Encoding.UTF8.GetBytes(pieces[0]), 0);
            }

            foreach (string piece in pieces.Skip(1))
            {
                yield return piece.EndsWith(']') && int.TryParse(piece[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int place)
                    ? new Step(null, place)
                    : throw Bad(path);
            }

            if (part.Length == 0)
            {
                throw Bad(path);
            }
        }
    }

    private static LoadTestException Bad(string path) =>
        new($"'{path}' is not the path of an answer: expected names with dots between them and places in brackets, such as label or outputs[0].data[0].");

    /// <summary>A field of an object, or without a name a place in an array.</summary>
    private readonly record struct Step(byte[]? Name, int Place);
}
