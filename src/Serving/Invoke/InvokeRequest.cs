using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Invoke;

/// <summary>One input: a pair of texts, or a single text.</summary>
/// <param name="Text">The premise of a pair, or the text.</param>
/// <param name="Hypothesis">Null for a single text.</param>
internal readonly record struct TextPair(string Text, string? Hypothesis);

/// <summary>A parsed and valid body.</summary>
/// <param name="Pairs">At least one.</param>
/// <param name="IsMany">True when the body was <c>{"pairs": [...]}</c>, so that the answer has <c>results</c>.</param>
/// <param name="Terms">What it asks beside the answer itself; fields that the body does not have are null.</param>
internal readonly record struct InvokeRequest(TextPair[] Pairs, bool IsMany, RequestTerms Terms = default)
{
    private const int CharactersPerToken = 4;
    private const int SpecialTokens = 3;

    /// <summary>A guess at the work, for admission before the texts are tokenized.</summary>
    public Work EstimateWork(int maxLength)
    {
        var work = default(Work);
        foreach (TextPair pair in Pairs)
        {
            int characters = pair.Text.Length + (pair.Hypothesis?.Length ?? 0);
            work += Work.OfRow(Math.Min(maxLength, SpecialTokens + (characters / CharactersPerToken)));
        }

        return work;
    }
}
