using Endpoints.LoadTest.Targets;

namespace Endpoints.LoadTest.Users;

/// <summary>All questions in a shuffled order, handed out one by one to all virtual users, again from the start when through.</summary>
internal sealed class Questions
{
    private readonly Question[] _questions;
    private long _next = -1;

    public Questions(IReadOnlyList<LoadPair> pairs, RequestForm form, int seed)
    {
        _questions = [.. pairs.Select(pair => Question.From(pair, form))];
        new Random(seed).Shuffle(_questions);
    }

    public Question Next() => _questions[(int)((ulong)Interlocked.Increment(ref _next) % (ulong)_questions.Length)];
}
