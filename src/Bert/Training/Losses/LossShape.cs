namespace Endpoints.Bert.Training.Losses;

/// <summary>Guards that every loss shares.</summary>
internal static class LossShape
{
    /// <summary>The number of rows, once the spans are known to fit it.</summary>
    public static int Rows(int expectedRows, ReadOnlySpan<float> logits, int labelCount, Span<float> gradient)
    {
        if (labelCount < 1 || expectedRows < 1 || logits.Length != expectedRows * labelCount || gradient.Length != logits.Length)
        {
            throw new ArgumentException(
                $"A loss over {expectedRows} targets takes {expectedRows} rows of {labelCount} logits and a gradient of that shape: "
                + $"it was given {logits.Length} logits and {gradient.Length} gradients.");
        }

        return expectedRows;
    }

    /// <summary>Refuses rows of several outputs.</summary>
    public static void RequireOneOutput(int labelCount, string loss)
    {
        if (labelCount != 1)
        {
            throw new ArgumentException($"{loss} is for one output a row; this model has {labelCount}.");
        }
    }
}
