using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Users;

public sealed class FirstAnswersTests
{
    private readonly FirstAnswers _answers = new(3);

    [Theory]
    [InlineData(8, true, 8, true, AnswerChange.Same)]
    [InlineData(8, false, 8, false, AnswerChange.Same)]
    [InlineData(8, true, 16, false, AnswerChange.ToWrong)]
    [InlineData(8, false, 16, true, AnswerChange.ToRight)]
    [InlineData(8, false, 16, false, AnswerChange.Other)]
    [InlineData(8, null, 16, null, AnswerChange.Other)]
    [InlineData(8, null, 8, null, AnswerChange.Same)]
    internal void Compare_SecondAnswer_IsHeldAgainstTheFirst(long first, bool? firstRight, long second, bool? secondRight, AnswerChange expected)
    {
        Assert.Null(_answers.Compare(1, Said(first, firstRight)));

        Assert.Equal(expected, _answers.Compare(1, Said(second, secondRight)));
        Assert.Equal(AnswerChange.Same, _answers.Compare(1, Said(first, firstRight)));
    }

    [Fact]
    public void ToText_Pairs_TellsWhichWereRight()
    {
        _answers.Compare(0, Said(8, true));
        _answers.Compare(2, Said(8, false));
        _answers.Compare(1, Said(8, true) with { Outcome = Outcome.Wrong });

        Assert.Equal("1-0", _answers.ToText());
    }

    private static Answer Said(long label, bool? correct) => new(Outcome.Ok, default, Correct: correct) { Label = (ulong)label };
}
