using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.Bert.Tokenization;

/// <summary>The part of <c>tokenizer_config.json</c> that our tokenizers read and write.</summary>
internal sealed record TokenizerConfig
{
    public string? TokenizerClass { get; init; }

    public bool? DoLowerCase { get; init; }

    public bool? StripAccents { get; init; }

    public bool? TokenizeChineseChars { get; init; }

    public bool? AddPrefixSpace { get; init; }

    [JsonConverter(typeof(TokenTextConverter))]
    public string? UnkToken { get; init; }

    [JsonConverter(typeof(TokenTextConverter))]
    public string? ClsToken { get; init; }

    [JsonConverter(typeof(TokenTextConverter))]
    public string? SepToken { get; init; }

    [JsonConverter(typeof(TokenTextConverter))]
    public string? PadToken { get; init; }

    [JsonConverter(typeof(TokenTextConverter))]
    public string? MaskToken { get; init; }

    public static TokenizerConfig From(WordPieceOptions options) => new()
    {
        TokenizerClass = "BertTokenizer",
        DoLowerCase = options.Lowercase,
        StripAccents = options.StripAccents,
        TokenizeChineseChars = options.TokenizeChineseCharacters,
        UnkToken = options.UnknownToken,
        ClsToken = options.ClassToken,
        SepToken = options.SeparatorToken,
        PadToken = options.PadToken,
        MaskToken = options.MaskToken,
    };

    public static TokenizerConfig From(BytePairOptions options) => new()
    {
        TokenizerClass = "RobertaTokenizer",
        AddPrefixSpace = options.AddPrefixSpace,
        UnkToken = options.UnknownToken,
        ClsToken = options.ClassToken,
        SepToken = options.SeparatorToken,
        PadToken = options.PadToken,
        MaskToken = options.MaskToken,
    };

    /// <summary>What is absent or null keeps its default.</summary>
    public WordPieceOptions ToWordPieceOptions()
    {
        var defaults = new WordPieceOptions();
        return new WordPieceOptions
        {
            Lowercase = DoLowerCase ?? defaults.Lowercase,
            StripAccents = StripAccents,
            TokenizeChineseCharacters = TokenizeChineseChars ?? defaults.TokenizeChineseCharacters,
            UnknownToken = UnkToken ?? defaults.UnknownToken,
            ClassToken = ClsToken ?? defaults.ClassToken,
            SeparatorToken = SepToken ?? defaults.SeparatorToken,
            PadToken = PadToken ?? defaults.PadToken,
            MaskToken = MaskToken ?? defaults.MaskToken,
        };
    }

    /// <summary>What is absent or null keeps its default.</summary>
    public BytePairOptions ToBytePairOptions()
    {
        var defaults = new BytePairOptions();
        return new BytePairOptions
        {
            AddPrefixSpace = AddPrefixSpace ?? defaults.AddPrefixSpace,
            UnknownToken = UnkToken ?? defaults.UnknownToken,
            ClassToken = ClsToken ?? defaults.ClassToken,
            SeparatorToken = SepToken ?? defaults.SeparatorToken,
            PadToken = PadToken ?? defaults.PadToken,
            MaskToken = MaskToken ?? defaults.MaskToken,
        };
    }
}

/// <summary>A token is written as a string, or by some tools as an object whose <c>content</c> is the string.</summary>
internal sealed class TokenTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("content", out JsonElement content)
            && content.ValueKind == JsonValueKind.String
            ? content.GetString()
            : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(TokenizerConfig))]
internal sealed partial class TokenizerJson : JsonSerializerContext;
