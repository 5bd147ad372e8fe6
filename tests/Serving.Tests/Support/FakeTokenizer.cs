using Endpoints.Bert.Tokenization;

namespace Endpoints.Serving.Tests.Support;

/// <summary>A token for each word: <c>w17</c> is id 17, any other word id 3. With the special tokens a pair of n and m words has n + m + 3 tokens.</summary>
internal sealed class FakeTokenizer : ITokenizer
{
    private int _calls;

    public int VocabularySize => 1000;

    /// <summary>Number of inputs tokenized.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Runs before a text is tokenized.</summary>
    public Action<string> OnText { get; set; } = _ => { };

    public Encoding Encode(string text, string? pair = null, int? maxLength = null)
    {
        Interlocked.Increment(ref _calls);
        OnText(text);
        List<int> ids = [1, .. Words(text), 2];
        if (pair is not null)
        {
            ids.AddRange([.. Words(pair), 2]);
        }

        bool truncated = ids.Count > maxLength;
        int[] kept = [.. ids.Take(maxLength ?? ids.Count)];
        return new Encoding(kept, new int[kept.Length], truncated);
    }

    private static IEnumerable<int> Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => word.StartsWith('w') && int.TryParse(word[1..], out int id) ? id : 3);
}
