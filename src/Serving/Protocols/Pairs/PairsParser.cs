using System.Buffers;
using System.Text.Json;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.Pairs;

/// <summary>
/// Reads <c>{"premise", "hypothesis"}</c>, <c>{"text"}</c> or <c>{"pairs": [...]}</c>, with <c>deadline_ms</c>, <c>priority</c> and <c>min_accuracy</c> beside
/// them, straight from the body's bytes. Strict, because a field that is misspelt, doubled or of the wrong type is a mistake that the client wants to hear of: unknown and
/// repeated fields are refused.
/// </summary>
internal ref struct PairsParser
{
    // Deep enough for pairs, with one level to spare for naming what is wrong with a deeper value.
    private const int MaxDepth = 8;

    private readonly int _maxPairs;
    private readonly string _many;
    private Utf8JsonReader _json;
    private string? _fault;
    private RequestTerms _terms;

    private PairsParser(in ReadOnlySequence<byte> body, int maxPairs, string many)
    {
        _json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        _maxPairs = maxPairs;
        _many = many;
    }

    /// <summary>Parses a body that is not empty.</summary>
    /// <returns>Null when <paramref name="request"/> is valid, else a sentence that says what is wrong.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not Unicode.</exception>
    public static string? Parse(in ReadOnlySequence<byte> body, int maxPairs, out Invocation request)
    {
        var parser = new PairsParser(body, maxPairs, "pairs");
        return parser.TryReadRequest(out request) ? null : parser._fault!;
    }

    /// <summary>Parses a body in which a field of another name holds the pairs, beside fields that do not matter.</summary>
    /// <returns>Null when <paramref name="rows"/> is valid, else a sentence that says what is wrong.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not Unicode.</exception>
    public static string? ParseMany(in ReadOnlySequence<byte> body, string field, int maxPairs, out InputRow[] rows)
    {
        var parser = new PairsParser(body, maxPairs, field);
        return parser.TryReadMany(out rows) ? null : parser._fault!;
    }

    private bool TryReadRequest(out Invocation request)
    {
        request = default;
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Fail($"The body must be a JSON object, {_json.TokenType.Found()} was found.");
        }

        if (!TryReadObject(null, out InputRow pair, out InputRow[]? pairs))
        {
            return false;
        }

        // Anything after the object throws.
        _json.Read();
        request = pairs is null ? new([pair], PairsAnswer.One, Terms: _terms) : new(pairs, PairsAnswer.Many, Terms: _terms);
        return true;
    }

    private bool TryReadMany(out InputRow[] rows)
    {
        rows = [];
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Fail($"The body must be a JSON object, {_json.TokenType.Found()} was found.");
        }

        InputRow[]? read = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            bool isOurs = _json.ValueTextEquals(_many);
            if (isOurs && !TryReadPairs(ref read))
            {
                return false;
            }

            if (!isOurs)
            {
                _json.Skip();
            }
        }

        // Anything after the object throws.
        _json.Read();
        rows = read ?? [];
        return read is not null || Fail($"{_many} is missing.");
    }

    // The reader is at the object's start; index is the pair's, null for the body itself, which alone may have "pairs".
    private bool TryReadObject(int? index, out InputRow pair, out InputRow[]? pairs)
    {
        string? premise = null, hypothesis = null, text = null;
        (pair, pairs) = (default, null);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            bool isRead;
            if (_json.ValueTextEquals("premise"u8))
            {
                isRead = TryReadText(index, "premise", ref premise);
            }
            else if (_json.ValueTextEquals("hypothesis"u8))
            {
                isRead = TryReadText(index, "hypothesis", ref hypothesis);
            }
            else if (_json.ValueTextEquals("text"u8))
            {
                isRead = TryReadText(index, "text", ref text);
            }
            else if (index is null && _json.ValueTextEquals("pairs"u8))
            {
                isRead = TryReadPairs(ref pairs);
            }
            else if (index is null && _json.ValueTextEquals("deadline_ms"u8))
            {
                isRead = TryReadDeadline();
            }
            else if (index is null && _json.ValueTextEquals("priority"u8))
            {
                isRead = TryReadPriority();
            }
            else if (index is null && _json.ValueTextEquals("min_accuracy"u8))
            {
                isRead = TryReadMinAccuracy();
            }
            else
            {
                string fields = index is null ? "premise, hypothesis, text, pairs, deadline_ms, priority and min_accuracy" : "premise, hypothesis and text";
                isRead = Fail($"{Where(index, Shorten(_json.GetString()!))} is not a field; the fields are {fields}.");
            }

            if (!isRead)
            {
                return false;
            }
        }

        if (pairs is not null)
        {
            return (premise ?? hypothesis ?? text) is null || Fail("The body has both pairs and a single input; send one or the other.");
        }

        if (text is not null)
        {
            pair = InputRow.OfText(text);
            return (premise ?? hypothesis) is null || Fail($"{Where(index, "text")} stands beside premise or hypothesis; send a text alone, or a pair.");
        }

        if (premise is null || hypothesis is null)
        {
            return Fail($"{Where(index, premise is null ? "premise" : "hypothesis")} is missing.");
        }

        pair = InputRow.OfText(premise, hypothesis);
        return true;
    }

    private bool TryReadText(int? index, string field, ref string? value)
    {
        _json.Read();
        if (value is not null)
        {
            return Fail($"{Where(index, field)} appears twice.");
        }

        if (_json.TokenType != JsonTokenType.String)
        {
            return Fail($"{Where(index, field)} must be a string, {_json.TokenType.Found()} was found.");
        }

        value = _json.GetString()!;
        return !string.IsNullOrWhiteSpace(value) || Fail($"{Where(index, field)} must not be empty.");
    }

    private bool TryReadDeadline()
    {
        _json.Read();
        if (_terms.Deadline is not null)
        {
            return Fail("deadline_ms appears twice.");
        }

        if (_json.TokenType != JsonTokenType.Number || !RequestTerms.TryMakeDeadline(_json.GetDouble(), out TimeSpan deadline))
        {
            return Fail($"deadline_ms must be {RequestTerms.DeadlineForm}, {(_json.TokenType == JsonTokenType.Number ? "another number" : _json.TokenType.Found())} was found.");
        }

        _terms = _terms with { Deadline = deadline };
        return true;
    }

    private bool TryReadMinAccuracy()
    {
        _json.Read();
        if (_terms.MinAccuracy is not null)
        {
            return Fail("min_accuracy appears twice.");
        }

        if (_json.TokenType != JsonTokenType.Number || _json.GetDouble() is not (>= 0 and <= 1))
        {
            return Fail($"min_accuracy must be {RequestTerms.MinAccuracyForm}, {(_json.TokenType == JsonTokenType.Number ? "another number" : _json.TokenType.Found())} was found.");
        }

        _terms = _terms with { MinAccuracy = _json.GetDouble() };
        return true;
    }

    private bool TryReadPriority()
    {
        _json.Read();
        if (_terms.Priority is not null)
        {
            return Fail("priority appears twice.");
        }

        if (_json.TokenType != JsonTokenType.String || RequestTerms.ParsePriority(_json.GetString()!) is not { } priority)
        {
            return Fail($"priority must be {RequestTerms.PriorityForm}, {(_json.TokenType == JsonTokenType.String ? "another text" : _json.TokenType.Found())} was found.");
        }

        _terms = _terms with { Priority = priority };
        return true;
    }

    private bool TryReadPairs(ref InputRow[]? pairs)
    {
        _json.Read();
        if (pairs is not null)
        {
            return Fail($"{_many} appears twice.");
        }

        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return Fail($"{_many} must be an array, {_json.TokenType.Found()} was found.");
        }

        var read = new List<InputRow>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (read.Count == _maxPairs)
            {
                return Fail($"{_many} has more than the {_maxPairs} pairs that one request may have; send the rest in further requests.");
            }

            if (_json.TokenType != JsonTokenType.StartObject)
            {
                return Fail($"{_many}[{read.Count}] must be an object, {_json.TokenType.Found()} was found.");
            }

            if (!TryReadObject(read.Count, out InputRow pair, out _))
            {
                return false;
            }

            read.Add(pair);
        }

        pairs = [.. read];
        return pairs.Length > 0 || Fail($"{_many} is empty; send at least one.");
    }

    private readonly string Where(int? index, string field) => index is null ? field : $"{_many}[{index}].{field}";

    private static string Shorten(string field) => field.Length <= 40 ? $"'{field}'" : $"'{field[..40]}...'";

    private bool Fail(string fault)
    {
        _fault = fault;
        return false;
    }
}
