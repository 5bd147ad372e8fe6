namespace Endpoints.Bench;

/// <summary>A fast wrong answer is not worth timing: every benchmark checks its result first.</summary>
internal static class Verify
{
    /// <exception cref="InvalidOperationException">The values differ by more than the tolerance, or one is not a number.</exception>
    public static void Near(double expected, double actual, double tolerance, string what)
    {
        if (!(Math.Abs(actual - expected) <= tolerance))
        {
            throw new InvalidOperationException($"{what} is wrong, so nothing was timed: {expected:G6} is expected, {actual:G6} was computed.");
        }
    }
}
