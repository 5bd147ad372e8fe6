using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Endpoints.Serving.Problems;

namespace Endpoints.Serving.Invoke;

/// <summary>
/// Reads <c>{"premise", "hypothesis"}</c>, <c>{"text"}</c> or <c>{"pairs": [...]}</c>, with <c>deadline_ms</c> and <c>priority</c> beside them, straight from
/// the body's bytes. Strict, because a field that is
/// misspelt, doubled or of the wrong type is a mistake that the client wants to hear of: unknown and repeated fields are refused.
/// </summary>
internal ref struct InvokeRequestParser
{
    // Deep enough for pairs, with one level to spare for naming what is wrong with a deeper value.
    private const int MaxDepth = 8;

    private readonly int _maxPairs;
    private Utf8JsonReader _json;
    private string? _fault;
    private RequestTerms _terms;

    private InvokeRequestParser(in ReadOnlySequence<byte> body, int maxPairs)
    {
        _json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        _maxPairs = maxPairs;
    }

    /// <summary>Parses a body.</summary>
    /// <returns>Null when <paramref name="request"/> is valid, else what is wrong.</returns>
    public static Problem? Parse(in ReadOnlySequence<byte> body, int maxPairs, out InvokeRequest request)
    {
        request = default;
        if (body.IsEmpty)
        {
            return KnownProblems.InvalidBody("The body is empty.");
        }

        var parser = new InvokeRequestParser(WithoutByteOrderMark(body), maxPairs);
        try
        {
            return parser.TryReadRequest(out request) ? null : KnownProblems.InvalidBody(parser._fault!);
        }
        catch (JsonException exception)
        {
            return KnownProblems.InvalidBody(string.Create(
                CultureInfo.InvariantCulture,
                $"The body is not valid JSON, or nested too deeply: it breaks at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}."));
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to a string that cannot be UTF-16.
            return KnownProblems.InvalidBody("The body holds a text that is not valid Unicode: bytes that are not UTF-8, or one half of a surrogate pair.");
        }
    }

    private static ReadOnlySequence<byte> WithoutByteOrderMark(in ReadOnlySequence<byte> body)
    {
        Span<byte> start = stackalloc byte[3];
        if (body.Length < 3)
        {
            return body;
        }

        body.Slice(0, 3).CopyTo(start);
        return start.SequenceEqual("\uFEFF"u8) ? body.Slice(3) : body;
    }

    private bool TryReadRequest(out InvokeRequest request)
    {
        request = default;
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Fail($"The body must be a JSON object, {Found()} was found.");
        }

        if (!TryReadObject(null, out TextPair pair, out TextPair[]? pairs))
        {
            return false;
        }

        // Anything after the object throws.
        _json.Read();
        request = pairs is null ? new([pair], IsMany: false, _terms) : new(pairs, IsMany: true, _terms);
        return true;
    }

    // The reader is at the object's start; index is the pair's, null for the body itself, which alone may have "pairs".
    private bool TryReadObject(int? index, out TextPair pair, out TextPair[]? pairs)
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
            else
            {
                string fields = index is null ? "premise, hypothesis, text, pairs, deadline_ms and priority" : "premise, hypothesis and text";
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
            pair = new(text, null);
            return (premise ?? hypothesis) is null || Fail($"{Where(index, "text")} stands beside premise or hypothesis; send a text alone, or a pair.");
        }

        if (premise is null || hypothesis is null)
        {
            return Fail($"{Where(index, premise is null ? "premise" : "hypothesis")} is missing.");
        }

        pair = new(premise, hypothesis);
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
            return Fail($"{Where(index, field)} must be a string, {Found()} was found.");
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
            return Fail($"deadline_ms must be {RequestTerms.DeadlineForm}, {(_json.TokenType == JsonTokenType.Number ? "another number" : Found())} was found.");
        }

        _terms = _terms with { Deadline = deadline };
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
            return Fail($"priority must be {RequestTerms.PriorityForm}, {(_json.TokenType == JsonTokenType.String ? "another text" : Found())} was found.");
        }

        _terms = _terms with { Priority = priority };
        return true;
    }

    private bool TryReadPairs(ref TextPair[]? pairs)
    {
        _json.Read();
        if (pairs is not null)
        {
            return Fail("pairs appears twice.");
        }

        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return Fail($"pairs must be an array, {Found()} was found.");
        }

        var read = new List<TextPair>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (read.Count == _maxPairs)
            {
                return Fail($"pairs has more than the {_maxPairs} pairs that one request may have; send the rest in further requests.");
            }

            if (_json.TokenType != JsonTokenType.StartObject)
            {
                return Fail($"pairs[{read.Count}] must be an object, {Found()} was found.");
            }

            if (!TryReadObject(read.Count, out TextPair pair, out _))
            {
                return false;
            }

            read.Add(pair);
        }

        pairs = [.. read];
        return pairs.Length > 0 || Fail("pairs is empty; send at least one.");
    }

    private readonly string Found() => _json.TokenType switch
    {
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        JsonTokenType.StartArray => "an array",
        _ => "an object",
    };

    private static string Where(int? index, string field) => index is null ? field : $"pairs[{index}].{field}";

    private static string Shorten(string field) => field.Length <= 40 ? $"'{field}'" : $"'{field[..40]}...'";

    private bool Fail(string fault)
    {
        _fault = fault;
        return false;
    }
}
