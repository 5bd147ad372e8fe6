namespace Endpoints.Bert.Tests.Checkpoints;

/// <summary>What every message to a user must be.</summary>
internal static class Sentence
{
    /// <summary>One line that ends with a full stop and has these parts.</summary>
    public static void Assert(string message, params ReadOnlySpan<string> parts)
    {
        Xunit.Assert.DoesNotContain('\n', message);
        Xunit.Assert.EndsWith(".", message, StringComparison.Ordinal);
        foreach (string part in parts)
        {
            Xunit.Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }
}
