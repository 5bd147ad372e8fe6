using Endpoints.LoadTest.References;
using Endpoints.LoadTest.Scenarios;
using Endpoints.LoadTest.Targets;

namespace Endpoints.LoadTest.Users;

/// <summary>All questions in a shuffled order, handed out one by one to all virtual users, again from the start when through.</summary>
internal sealed class Questions
{
    private readonly Question[] _questions;
    private readonly Worker _worker;
    private long _next = -1;

    /// <param name="pairs">The pairs.</param>
    /// <param name="form">How they are asked.</param>
    /// <param name="seed">Of their order.</param>
    /// <param name="references">The scores of each pair's answer; null when they are not checked.</param>
    /// <param name="worker">Which of several testers, who take the questions in turn; null for the only one.</param>
    public Questions(IReadOnlyList<LoadPair> pairs, RequestForm form, int seed, ReferenceScores[]? references = null, Worker? worker = null)
    {
        _worker = worker ?? new Worker(0, 1);
        _questions = [.. pairs.Select((pair, i) => Question.From(pair, form) with { Pair = i, Reference = references?[i] })];
        new Random(seed).Shuffle(_questions);
    }

    /// <summary>How many there are.</summary>
    public int Count => _questions.Length;

    /// <summary>The next one.</summary>
    public Question Next() => _questions[(int)((((ulong)Interlocked.Increment(ref _next) * (ulong)_worker.Count) + (ulong)_worker.Index) % (ulong)_questions.Length)];
}
