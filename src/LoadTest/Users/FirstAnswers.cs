using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>
/// The label of each question's first answer by a target. Whatever the load, the same question should get the same answer; where it does not, accuracy may
/// hang on the load. 8 bytes a question; any number of threads may compare at once.
/// </summary>
internal sealed class FirstAnswers(int questions)
{
    /// <summary>Set in each that is kept, so that none is 0.</summary>
    private const ulong Kept = 1;

    /// <summary>Set in those that were right, so that label and rightness are one word that no thread sees half of.</summary>
    private const ulong Right = 2;

    /// <summary>Set in those that could be scored.</summary>
    private const ulong Scored = 4;

    private const ulong Flags = Kept | Right | Scored;
    private readonly ulong[] _answers = new ulong[questions];

    /// <summary>Compares an answer with the first one to its question, or keeps it as that one. Null when there is nothing to compare.</summary>
    public AnswerChange? Compare(int pair, in Answer answer)
    {
        if (answer.Outcome != Outcome.Ok || answer.Label == 0)
        {
            return null;
        }

        ulong said = answer.Label | Flags;
        ulong kept = (said & ~Flags) | Kept | (answer.Correct is null ? 0 : Scored) | (answer.Correct == true ? Right : 0);
        ulong first = Interlocked.CompareExchange(ref _answers[pair], kept, 0);
        return first == 0 ? null
            : (first | Flags) == said ? AnswerChange.Same
            : answer.Correct == true ? AnswerChange.ToRight
            : (first & Right) != 0 ? AnswerChange.ToWrong
            : AnswerChange.Other;
    }

    /// <summary>A letter a pair: 1 first answered right, 0 first answered wrong, - not answered or not known.</summary>
    public string ToText() => string.Create(_answers.Length, _answers, (text, answers) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            ulong first = Volatile.Read(ref answers[i]);
            text[i] = (first & Scored) == 0 ? '-' : (first & Right) != 0 ? '1' : '0';
        }
    });
}
