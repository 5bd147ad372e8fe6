using System.Buffers;
using System.Text.Json;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Protocols.TextEmbeddings;

/// <summary>
/// Reads <c>{"inputs": X, "truncate", "truncation_direction", "raw_scores"}</c>. X is a string, or <c>[a, b]</c>: one pair and not two texts, or a batch, each
/// entry of which is an array of one or two strings. So the nesting alone tells a pair from a batch, and a mix of both is refused.
/// </summary>
internal ref struct PredictParser
{
    private const int MaxDepth = 8;

    private readonly int _maxRows;
    private Utf8JsonReader _json;
    private string? _fault;

    private PredictParser(in ReadOnlySequence<byte> body, int maxRows)
    {
        _json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        _maxRows = maxRows;
    }

    /// <summary>Parses a body that is not empty.</summary>
    /// <returns>Null when <paramref name="invocation"/> is valid, else a sentence that says what is wrong.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not Unicode.</exception>
    public static string? Parse(in ReadOnlySequence<byte> body, int maxRows, out Invocation invocation)
    {
        var parser = new PredictParser(body, maxRows);
        return parser.TryRead(out invocation) ? null : parser._fault!;
    }

    private bool TryRead(out Invocation invocation)
    {
        invocation = default;
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            return Fail($"The body must be a JSON object, {_json.TokenType.Found()} was found.");
        }

        InputRow[]? rows = null;
        bool isBatch = false, rawScores = false;
        bool? truncate = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            bool isRead;
            if (_json.ValueTextEquals("inputs"u8))
            {
                isRead = TryReadInputs(ref rows, out isBatch);
            }
            else if (_json.ValueTextEquals("truncate"u8))
            {
                isRead = TryReadFlag("truncate", out truncate);
            }
            else if (_json.ValueTextEquals("raw_scores"u8))
            {
                isRead = TryReadFlag("raw_scores", out bool? raw);
                rawScores = raw ?? false;
            }
            else if (_json.ValueTextEquals("truncation_direction"u8))
            {
                isRead = TryReadDirection();
            }
            else
            {
                // Clients of the hub add fields that do not change the answer.
                isRead = _json.Read() && _json.TrySkip();
            }

            if (!isRead)
            {
                return false;
            }
        }

        // Anything after the object throws.
        _json.Read();
        if (rows is null)
        {
            return Fail("inputs is missing.");
        }

        OnTooLong? onTooLong = truncate is { } cuts ? cuts ? OnTooLong.Truncate : OnTooLong.Refuse : null;
        invocation = new Invocation(rows, PredictAnswer.Of(isBatch, rawScores), onTooLong);
        return true;
    }

    private bool TryReadInputs(ref InputRow[]? rows, out bool isBatch)
    {
        isBatch = false;
        _json.Read();
        if (rows is not null)
        {
            return Fail("inputs appears twice.");
        }

        if (_json.TokenType == JsonTokenType.String)
        {
            rows = [InputRow.OfText(_json.GetString()!)];
            return !string.IsNullOrWhiteSpace(rows[0].Text) || Fail("inputs must not be empty.");
        }

        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return Fail($"inputs must be a string or an array, {_json.TokenType.Found()} was found.");
        }

        _json.Read();
        if (_json.TokenType == JsonTokenType.EndArray)
        {
            return Fail("inputs is empty.");
        }

        isBatch = _json.TokenType == JsonTokenType.StartArray;
        if (isBatch)
        {
            return TryReadBatch(ref rows);
        }

        if (!TryReadTexts("inputs", out InputRow row))
        {
            return false;
        }

        rows = [row];
        return true;
    }

    // The reader is at the first entry's start.
    private bool TryReadBatch(ref InputRow[]? rows)
    {
        var read = new List<InputRow>();
        for (; _json.TokenType != JsonTokenType.EndArray; _json.Read())
        {
            if (read.Count == _maxRows)
            {
                return Fail($"inputs has more than the {_maxRows} entries that one request may have; send the rest in further requests.");
            }

            if (_json.TokenType != JsonTokenType.StartArray)
            {
                return Fail($"inputs[{read.Count}] must be an array like the entries before it, {_json.TokenType.Found()} was found.");
            }

            _json.Read();
            if (!TryReadTexts($"inputs[{read.Count}]", out InputRow row))
            {
                return false;
            }

            read.Add(row);
        }

        rows = [.. read];
        return true;
    }

    // One or two strings, up to the end of their array; the reader is at the first.
    private bool TryReadTexts(string where, out InputRow row)
    {
        string? first = null, second = null;
        row = default;
        for (int i = 0; _json.TokenType != JsonTokenType.EndArray; i++, _json.Read())
        {
            if (_json.TokenType != JsonTokenType.String)
            {
                return Fail($"{where}[{i}] must be a string, {_json.TokenType.Found()} was found.");
            }

            if (i == 2)
            {
                return Fail($"{where} has more than two strings, and an array of strings is one text or one pair.");
            }

            string text = _json.GetString()!;
            if (string.IsNullOrWhiteSpace(text))
            {
                return Fail($"{where}[{i}] must not be empty.");
            }

            (first, second) = i == 0 ? (text, null) : (first, text);
        }

        if (first is null)
        {
            return Fail($"{where} is empty.");
        }

        row = InputRow.OfText(first, second);
        return true;
    }

    private bool TryReadFlag(string field, out bool? value)
    {
        _json.Read();
        value = _json.TokenType switch { JsonTokenType.True => true, JsonTokenType.False => false, _ => null };
        return value is not null || _json.TokenType == JsonTokenType.Null || Fail($"{field} must be true or false, {_json.TokenType.Found()} was found.");
    }

    private bool TryReadDirection()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.Null
            || (_json.TokenType == JsonTokenType.String && string.Equals(_json.GetString(), "right", StringComparison.OrdinalIgnoreCase))
            || Fail("truncation_direction must be \"right\": texts are cut at their end here; cut them yourself to keep their end.");
    }

    private bool Fail(string fault)
    {
        _fault = fault;
        return false;
    }
}
