using System.Globalization;
using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>Says what an answer, or the want of one, counts as.</summary>
internal sealed class AnswerJudge
{
    private const int TooManyRequests = 429;
    private readonly TimeSpan _timeout;
    private readonly string _path;
    private readonly AnswerText _answers;

    public AnswerJudge(LoadTarget target, LoadTestOptions options)
    {
        _timeout = options.Timeout;
        _path = options.AnswerField ?? target.Form.Answer;
        _answers = new AnswerText(_path);
    }

    /// <summary>An answer that came whole and in time.</summary>
    public Answer Of(int status, string? reason, ReadOnlySpan<byte> body, Question question)
    {
        if (status is < 200 or > 299)
        {
            Outcome outcome = status == TooManyRequests ? Outcome.Throttled : Outcome.Wrong;
            return new Answer(outcome, default, Error: string.Create(CultureInfo.InvariantCulture, $"{status} {reason}").TrimEnd())
            {
                MayRetry = outcome == Outcome.Throttled || status >= 500,
            };
        }

        if (question.Label is null)
        {
            return new Answer(Outcome.Ok, default);
        }

        return _answers.Agrees(body, question.Label) is { } correct
            ? new Answer(Outcome.Ok, default, Correct: correct)
            : new Answer(Outcome.Wrong, default, Error: $"{status} without the JSON field '{_path}'");
    }

    /// <summary>No answer in time.</summary>
    public Answer Late(Exception? exception) => new(
        Outcome.TimedOut, default, Error: string.Create(CultureInfo.InvariantCulture, $"no answer within {_timeout.TotalSeconds:0.###} s"), Exception: exception)
    {
        MayRetry = true,
    };

    /// <summary>No answer, for the connection failed or something else than HTTP came over it.</summary>
    public static Answer Broken(Exception exception)
    {
        Outcome outcome = HttpFailure.IsNotHttp(exception) ? Outcome.Wrong : Outcome.Refused;
        return new Answer(outcome, default, Error: HttpFailure.Describe(exception), Exception: exception) { MayRetry = outcome == Outcome.Refused };
    }
}
