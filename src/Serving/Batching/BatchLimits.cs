using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Batching;

/// <summary>How large a batch may get.</summary>
/// <param name="Tokens">Most tokens.</param>
/// <param name="Rows">Most rows.</param>
/// <param name="Seconds">Longest predicted duration.</param>
/// <param name="Cost">What predicts it.</param>
/// <param name="Now">Timestamp of its start.</param>
/// <param name="Frequency">Timestamps in a second.</param>
internal readonly record struct BatchLimits(int Tokens, int Rows, double Seconds, CostTerms Cost, long Now, long Frequency)
{
    /// <summary>Whether work that starts now is predicted to be done by a timestamp.</summary>
    public bool IsDoneBy(long deadline, Work work) => deadline == long.MaxValue || Cost.Seconds(work) * Frequency <= deadline - Now;

    /// <summary>Whether a batch of more than one row may have this work.</summary>
    public bool Allow(Work work) => work.Rows <= Rows && work.Tokens <= Tokens && Cost.Seconds(work) <= Seconds;
}
