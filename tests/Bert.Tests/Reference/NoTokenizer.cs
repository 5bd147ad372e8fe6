using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Tests.Reference;

/// <summary>Stands where a test loads weights alone: it has a vocabulary's size and can encode nothing.</summary>
internal sealed record NoTokenizer(int VocabularySize) : ITokenizer
{
    public Encoding Encode(string text, string? pair = null, int? maxLength = null) => throw new NotSupportedException("This test has no tokenizer.");
}
