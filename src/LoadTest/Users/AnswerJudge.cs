using System.Globalization;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.References;

namespace Endpoints.LoadTest.Users;

/// <summary>Says what an answer, or the want of one, counts as.</summary>
internal sealed class AnswerJudge
{
    private const int TooManyRequests = 429;

    /// <summary>Why an answer is wrong whose scores are not those of the reference.</summary>
    private const string TooFar = "scores further from the reference than the tolerance";

    private readonly LoadTestOptions _options;
    private readonly AnswerText _answers;
    private readonly AnswerScores? _scores;

    public AnswerJudge(LoadTarget target, LoadTestOptions options)
    {
        _options = options;
        _answers = new AnswerText(options.AnswerField ?? target.Form.Answer);
        _scores = target.Reference is null ? null : new AnswerScores(target.ScoresField(options));
    }

    /// <summary>An answer that came whole and in time.</summary>
    public Answer Of(int status, string? reason, ReadOnlySpan<byte> body, Question question) => Judge(status, reason, body, question) with { Status = status };

    /// <summary>No answer in time.</summary>
    public Answer Late(Exception? exception) => new(
        Outcome.TimedOut, default, Error: string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.Timeout.TotalSeconds:0.###} s"), Exception: exception)
    {
        MayRetry = true,
    };

    /// <summary>No answer, for the connection failed or something else than HTTP came over it.</summary>
    public static Answer Broken(Exception exception)
    {
        Outcome outcome = HttpFailure.IsNotHttp(exception) ? Outcome.Wrong : Outcome.Refused;
        return new Answer(outcome, default, Error: HttpFailure.Describe(exception), Exception: exception) { MayRetry = outcome == Outcome.Refused };
    }

    private Answer Judge(int status, string? reason, ReadOnlySpan<byte> body, Question question)
    {
        if (status is < 200 or > 299)
        {
            Outcome outcome = status == TooManyRequests ? Outcome.Throttled : Outcome.Wrong;
            return new Answer(outcome, default, Error: string.Create(CultureInfo.InvariantCulture, $"{status} {reason}").TrimEnd())
            {
                MayRetry = outcome == Outcome.Throttled || status >= 500,
            };
        }

        SaidLabel? said = _answers.Read(body, question.Label);
        double? difference = question.Reference is { } reference ? _scores!.Difference(body, reference) : null;
        string? error = said is null && question.Label is not null ? $"{status} without the JSON field '{_answers.Path}'"
            : question.Reference is null || difference <= _options.Tolerance ? null
            : difference is null ? $"{status} without the reference's scores in '{_scores!.Path}'"
            : TooFar;
        return new Answer(error is null ? Outcome.Ok : Outcome.Wrong, default, Correct: error is null ? said?.Correct : null, Error: error)
        {
            Label = said?.Hash ?? 0,
            Difference = difference,
        };
    }
}
