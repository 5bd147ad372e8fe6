using System.Globalization;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Endpoints.Serving.Invoke;

/// <summary>What a request asks beside the answer itself; null where it does not say.</summary>
/// <param name="Deadline">Time from its arrival by which it must be answered.</param>
/// <param name="Priority">Which of the endpoint's requests go first.</param>
/// <param name="MinAccuracy">Least measured accuracy of what answers it.</param>
internal readonly record struct RequestTerms(TimeSpan? Deadline, Priority? Priority, double? MinAccuracy)
{
    public const string DeadlineHeader = "X-Deadline-Ms";
    public const string PriorityHeader = "X-Priority";

    public const string DeadlineForm = "a number of milliseconds from 1 to 3600000";
    public const string PriorityForm = "high, normal or low";
    public const string MinAccuracyHeader = "X-Min-Accuracy";
    public const string MinAccuracyForm = "a number from 0 to 1";

    /// <summary>Reads the headers of these terms.</summary>
    /// <returns>What is wrong with them; null when nothing is.</returns>
    public static Problem? ReadHeaders(IHeaderDictionary headers, out RequestTerms terms)
    {
        terms = default;
        if (headers.TryGetValue(DeadlineHeader, out StringValues deadlineText))
        {
            if (!double.TryParse(deadlineText, NumberStyles.Float, CultureInfo.InvariantCulture, out double milliseconds)
                || !TryMakeDeadline(milliseconds, out TimeSpan deadline))
            {
                return KnownProblems.InvalidHeader(DeadlineHeader, $"must be {DeadlineForm}");
            }

            terms = terms with { Deadline = deadline };
        }

        if (headers.TryGetValue(PriorityHeader, out StringValues priorityText))
        {
            if (ParsePriority(priorityText.ToString()) is not { } priority)
            {
                return KnownProblems.InvalidHeader(PriorityHeader, $"must be {PriorityForm}");
            }

            terms = terms with { Priority = priority };
        }

        if (headers.TryGetValue(MinAccuracyHeader, out StringValues accuracyText))
        {
            if (!double.TryParse(accuracyText, NumberStyles.Float, CultureInfo.InvariantCulture, out double accuracy) || accuracy is not (>= 0 and <= 1))
            {
                return KnownProblems.InvalidHeader(MinAccuracyHeader, $"must be {MinAccuracyForm}");
            }

            terms = terms with { MinAccuracy = accuracy };
        }

        return null;
    }

    public static bool TryMakeDeadline(double milliseconds, out TimeSpan deadline)
    {
        bool isValid = milliseconds is >= 1 and <= 3_600_000;
        deadline = isValid ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return isValid;
    }

    public static Priority? ParsePriority(string text) => text.ToLowerInvariant() switch
    {
        "high" => Batching.Priority.High,
        "normal" => Batching.Priority.Normal,
        "low" => Batching.Priority.Low,
        _ => null,
    };

    /// <summary>These terms, and others where these do not say.</summary>
    public RequestTerms Over(RequestTerms others) => new(Deadline ?? others.Deadline, Priority ?? others.Priority, MinAccuracy ?? others.MinAccuracy);

    /// <summary>Time from its arrival by which a request to an endpoint is answered; null for any time.</summary>
    public TimeSpan? LimitOf(EndpointOptions options) =>
        Deadline is { } deadline && options.RequestTimeout is { } timeout ? (deadline < timeout ? deadline : timeout) : Deadline ?? options.RequestTimeout;
}
