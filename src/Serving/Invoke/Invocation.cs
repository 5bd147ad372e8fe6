using Endpoints.Serving.Admission;
using Endpoints.Serving.Options;
using Endpoints.Serving.Protocols;

namespace Endpoints.Serving.Invoke;

/// <summary>One input: a text, a pair of texts, or token ids that are ready.</summary>
internal readonly record struct InputRow
{
    private InputRow(string text, string? hypothesis, int[]? ids, int[]? types) => (Text, Hypothesis, Ids, TypeIds) = (text, hypothesis, ids, types);

    /// <summary>The premise of a pair, or the text; empty where the tokens are given.</summary>
    public string Text { get; }

    /// <summary>Null for a single text.</summary>
    public string? Hypothesis { get; }

    /// <summary>Token ids, special tokens included; null where the text is still to be tokenized.</summary>
    public int[]? Ids { get; }

    /// <summary>As many as <see cref="Ids"/>.</summary>
    public int[]? TypeIds { get; }

    public static InputRow OfText(string text, string? hypothesis = null) => new(text, hypothesis, null, null);

    public static InputRow OfTokens(int[] ids, int[] typeIds) => new("", null, ids, typeIds);
}

/// <summary>What a body asks for, whatever protocol it came in.</summary>
/// <param name="Rows">At least one.</param>
/// <param name="Form">How the answer is written.</param>
/// <param name="OnTooLong">What to do with a text that is too long; null: as the endpoint is set.</param>
/// <param name="Terms">What it asks beside the answer itself; the headers count where it does not say.</param>
internal readonly record struct Invocation(InputRow[] Rows, AnswerForm Form, OnTooLong? OnTooLong = null, RequestTerms Terms = default)
{
    private const int CharactersPerToken = 4;
    private const int SpecialTokens = 3;

    /// <summary>A guess at the work, for admission before the texts are tokenized.</summary>
    public Work EstimateWork(int maxLength)
    {
        var work = default(Work);
        foreach (InputRow row in Rows)
        {
            int characters = row.Text.Length + (row.Hypothesis?.Length ?? 0);
            work += Work.OfRow(Math.Min(maxLength, row.Ids?.Length ?? (SpecialTokens + (characters / CharactersPerToken))));
        }

        return work;
    }
}
