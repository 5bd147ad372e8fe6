using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Tests.Reference;

/// <summary>Stands where a test loads weights alone: it has a vocabulary's size, which it saves, and can encode nothing.</summary>
internal sealed record NoTokenizer(int VocabularySize) : ITokenizer
{
    public Encoding Encode(string text, string? pair = null, int? maxLength = null) => throw new NotSupportedException("This test has no tokenizer.");

    public void Save(string directory) => File.WriteAllText(Path.Combine(directory, "vocab.txt"), $"{VocabularySize}");
}
