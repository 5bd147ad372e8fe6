namespace Endpoints.Bert.Tokenization;

/// <summary>The truncation rule <c>longest_first</c> of Hugging Face's tokenizers (up to 0.22).</summary>
internal static class Truncation
{
    /// <summary>How many tokens of each text stay.</summary>
    /// <param name="first">Tokens of the first text.</param>
    /// <param name="second">Tokens of the second text; 0 where there is none.</param>
    /// <param name="budget">Most tokens that may stay together.</param>
    /// <remarks>
    /// The longer text is cut to what the shorter one leaves. Where the shorter one is over half the budget too, each gets half, and the odd token
    /// goes to the text that was longer, or to the second if they were equal.
    /// </remarks>
    public static (int First, int Second) LongestFirst(int first, int second, int budget)
    {
        if (first + (long)second <= budget)
        {
            return (first, second);
        }

        int half = budget / 2;
        int shorter = Math.Min(Math.Min(first, second), half);
        return first > second ? (budget - shorter, shorter) : (shorter, budget - shorter);
    }
}
