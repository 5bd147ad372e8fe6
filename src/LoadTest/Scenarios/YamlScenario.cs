using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Endpoints.LoadTest.Scenarios;

/// <summary>
/// Turns a scenario in YAML into JSON of the same shape, token for token on the same lines, so that one reader checks both and names the same lines.
/// Only YamlDotNet's parser is used, which needs no reflection. Unquoted values are numbers and truth values where the field takes one, and text elsewhere.
/// </summary>
internal sealed class YamlScenario
{
    private readonly StringBuilder _json = new();
    private readonly Dictionary<string, Type> _types;
    private int _line = 1;

    private YamlScenario(JsonTypeInfo scenario) =>
        _types = scenario.Properties.ToDictionary(property => property.Name, property => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);

    /// <exception cref="YamlException">It is not YAML.</exception>
    /// <exception cref="LoadTestException">It has what a scenario has no use for: aliases, tags, several documents.</exception>
    public static byte[] ToJson(string yaml, JsonTypeInfo scenario)
    {
        var parser = new Parser(new StringReader(yaml));
        try
        {
            return ToJson(parser, scenario);
        }
        catch (InvalidOperationException exception)
        {
            // What its scanner says of some brackets that are never closed.
            Mark at = parser.Current?.Start ?? Mark.Empty;
            throw new YamlException(at, at, "it is not YAML from there on: see that brackets and quotes are closed.", exception);
        }
    }

    private static byte[] ToJson(Parser parser, JsonTypeInfo scenario)
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return "null"u8.ToArray();
        }

        parser.Consume<DocumentStart>();
        var json = new YamlScenario(scenario);
        json.Write(parser, null);
        parser.Consume<DocumentEnd>();
        return parser.Accept<DocumentStart>(out DocumentStart? second)
            ? throw Unfit("a second document", second!)
            : Encoding.UTF8.GetBytes(json._json.ToString());
    }

    /// <summary>Writes a value; the parser stands before it.</summary>
    private void Write(Parser parser, Type? type)
    {
        ParsingEvent at = parser.Consume<ParsingEvent>();
        if (at is NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag.IsEmpty: false } or AnchorAlias)
        {
            throw Unfit("an anchor, an alias or a tag", at);
        }

        StepTo(at);
        switch (at)
        {
            case Scalar scalar:
                _json.Append(TextOf(scalar, type));
                break;
            case MappingStart:
                WriteObject(parser, isScenario: type is null);
                break;
            default:
                WriteArray(parser);
                break;
        }
    }

    private void WriteObject(Parser parser, bool isScenario)
    {
        _json.Append('{');
        for (bool isFirst = true; !parser.TryConsume<MappingEnd>(out _); isFirst = false)
        {
            _json.Append(isFirst ? "" : ",");
            if (!parser.TryConsume<Scalar>(out Scalar? key) || key is null)
            {
                throw Unfit("a name that is not text", parser.Current!);
            }

            StepTo(key);
            _json.Append(Quoted(key.Value)).Append(':');
            Write(parser, isScenario && _types.TryGetValue(key.Value, out Type? type) ? type : typeof(string));
        }

        _json.Append('}');
    }

    private void WriteArray(Parser parser)
    {
        _json.Append('[');
        for (bool isFirst = true; !parser.TryConsume<SequenceEnd>(out _); isFirst = false)
        {
            _json.Append(isFirst ? "" : ",");
            Write(parser, typeof(string));
        }

        _json.Append(']');
    }

    private static string TextOf(Scalar scalar, Type? type)
    {
        string text = scalar.Value;
        if (scalar.Style is not ScalarStyle.Plain)
        {
            return Quoted(text);
        }

        bool isNumber = (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            || (type == typeof(double) && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) && char.IsAsciiDigit(text[^1]));
        return text is "" or "~" or "null" ? "null"
            : isNumber ? decimal.Parse(text, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : type == typeof(bool) && text is "true" or "false" ? text
            : Quoted(text);
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private void StepTo(ParsingEvent at)
    {
        for (; _line < at.Start.Line; _line++)
        {
            _json.Append('\n');
        }
    }

    private static LoadTestException Unfit(string what, ParsingEvent at) => new(string.Create(
        CultureInfo.InvariantCulture, $"line {at.Start.Line} has {what}, which a scenario has no use for: write each value where it belongs."));
}
