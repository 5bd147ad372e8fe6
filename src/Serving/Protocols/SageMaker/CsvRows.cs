using System.Text;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>Reads CSV as RFC 4180 has it, without a header: a text, or a premise and a hypothesis, in each line.</summary>
internal ref struct CsvRows
{
    private const int MostFields = 2;

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private string? _fault;

    private CsvRows(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Reads every line that is not empty.</summary>
    /// <returns>Null when <paramref name="rows"/> is valid, else a sentence that says what is wrong.</returns>
    public static string? Read(ReadOnlySpan<char> text, int maxRows, out InputRow[] rows)
    {
        rows = [];
        var reader = new CsvRows(text);
        var read = new List<InputRow>();
        while (reader.SkipEmptyLines())
        {
            if (read.Count == maxRows)
            {
                return $"The body has more than the {maxRows} rows that one request may have; send the rest in further requests.";
            }

            if (!reader.TryReadRow(read.Count + 1, out InputRow row))
            {
                return reader._fault;
            }

            read.Add(row);
        }

        rows = [.. read];
        return rows.Length > 0 ? null : "The body has no rows; send at least one.";
    }

    private bool SkipEmptyLines()
    {
        while (_at < _text.Length && _text[_at] is '\r' or '\n')
        {
            _at++;
        }

        return _at < _text.Length;
    }

    private bool TryReadRow(int number, out InputRow row)
    {
        row = default;
        string? first = null, second = null;
        for (int field = 1; ; field++)
        {
            if (field > MostFields)
            {
                return Fail($"Row {number} has more than {MostFields} fields; put a text that holds a comma in double quotes.");
            }

            if (!TryReadField(number, out string value))
            {
                return false;
            }

            if (string.IsNullOrWhiteSpace(value))
            {
                return Fail($"Field {field} of row {number} is empty.");
            }

            (first, second) = field == 1 ? (value, null) : (first, value);
            if (_at == _text.Length || _text[_at] != ',')
            {
                row = InputRow.OfText(first!, second);
                return true;
            }

            _at++;
        }
    }

    // Ends at a comma, at the end of the line or of the text.
    private bool TryReadField(int number, out string value)
    {
        if (_at < _text.Length && _text[_at] == '"')
        {
            return TryReadQuoted(number, out value);
        }

        ReadOnlySpan<char> rest = _text[_at..];
        int length = rest.IndexOfAny(",\r\n");
        value = (length < 0 ? rest : rest[..length]).ToString();
        _at += value.Length;
        return !value.Contains('"', StringComparison.Ordinal) || Fail($"Row {number} has a double quote inside a field that does not begin with one; quote the field and double the quote.");
    }

    private bool TryReadQuoted(int number, out string value)
    {
        var text = new StringBuilder();
        value = "";
        while (true)
        {
            _at++;
            int length = _text[_at..].IndexOf('"');
            if (length < 0)
            {
                return Fail($"Row {number} has a double quote that is never closed.");
            }

            text.Append(_text.Slice(_at, length));
            _at += length + 1;
            if (_at == _text.Length || _text[_at] is ',' or '\r' or '\n')
            {
                value = text.ToString();
                return true;
            }

            if (_text[_at] != '"')
            {
                return Fail($"Row {number} has text after a closing double quote; double a quote that belongs to the text.");
            }

            text.Append('"');
        }
    }

    private bool Fail(string fault)
    {
        _fault = fault;
        return false;
    }
}
