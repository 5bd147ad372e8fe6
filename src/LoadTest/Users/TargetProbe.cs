using System.Text;
using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>One question before the test, so that a wrong URL or an unfit answer is told at once and not found in a report of failures.</summary>
internal static class TargetProbe
{
    private const int MaxQuoted = 200;

    /// <exception cref="LoadTestException">The target does not answer as it should.</exception>
    public static async Task CheckAsync(LoadTarget target, Question question, LoadTestOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using ITargetClient client = target.Connect(options, time, cancellationToken);
        Answer answer = await client.AskAsync(question).ConfigureAwait(false) ?? throw new OperationCanceledException(cancellationToken);
        string? problem = answer.Outcome switch
        {
            Outcome.Ok or Outcome.Throttled => null,

            // How far answers are from the reference is what the test is to find out.
            Outcome.Wrong when answer.Difference is not null => null,
            Outcome.Wrong when answer.Error!.Contains("the reference's scores", StringComparison.Ordinal) =>
                "Name the field that holds scores with --scores-field, and give the reference of the same labels.",
            Outcome.TimedOut => "Check that it is up and ready, or give it more time with a longer timeout.",
            Outcome.Refused when answer.Error!.StartsWith(HttpFailure.NotSecure, StringComparison.Ordinal) =>
                "Trust its certificate with --ca FILE, take any with --insecure, or write http where it speaks no TLS.",
            Outcome.Refused => "Start the server, or correct the URL.",
            Outcome.Wrong when answer.Error!.StartsWith("401", StringComparison.Ordinal) => "Give a key with --api-key env:NAME or file:PATH.",
            Outcome.Wrong when answer.Error!.StartsWith("404", StringComparison.Ordinal) => "Correct the URL's path; a server of this project lists its endpoints at /endpoints.",
            Outcome.Wrong when answer.Error!.StartsWith("2", StringComparison.Ordinal) =>
                "Name the field that holds the predicted label, or use pairs without labels, which need no such field.",
            _ => $"Expected status 200: the URL must take a POST of {target.Form.Body}.",
        };
        if (problem is not null)
        {
            string quoted = client.Body.IsEmpty ? "" : $" ({Quote(client.Body)})";
            throw new LoadTestException($"Target {target.Name} does not work: {target.Url} gave {answer.Error}{quoted}. {problem}");
        }
    }

    /// <summary>The start of a body, on one line.</summary>
    private static string Quote(ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxQuoted)]);
        return new string([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)]).Trim() + (body.Length > MaxQuoted ? "…" : "");
    }
}
