using System.Text;
using Endpoints.LoadTest.Scenarios;
using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Users;

public sealed class QuestionsTests
{
    private static readonly LoadPair[] Pairs = [.. Enumerable.Range(0, 50).Select(i => new LoadPair($"p{i}", "h \"<é"))];

    [Fact]
    public void Next_TwoRounds_HandsOutEachPairTwice()
    {
        var questions = new Questions(Pairs, RequestForm.Pairs, seed: 1);

        Question[] all = [.. Enumerable.Range(0, 100).Select(_ => questions.Next())];

        Assert.All(all.GroupBy(question => question), same => Assert.Equal(2, same.Count()));
        Assert.Equal(all[..50], all[50..]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Next_Workers_TakeTheQuestionsOfOneInTurn(int count)
    {
        var alone = new Questions(Pairs, RequestForm.Pairs, seed: 1);
        Questions[] workers = [.. Enumerable.Range(0, count).Select(i => new Questions(Pairs, RequestForm.Pairs, 1, null, new Worker(i, count)))];

        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(alone.Next().Pair, workers[i % count].Next().Pair);
        }
    }

    [Fact]
    public void Next_SameSeed_SameOrderAndOtherSeedAnother()
    {
        Assert.Equal(Order(1), Order(1));
        Assert.NotEqual(Order(1), Order(2));

        static string[] Order(int seed)
        {
            var questions = new Questions(Pairs, RequestForm.Pairs, seed);
            return [.. Pairs.Select(_ => Encoding.UTF8.GetString(questions.Next().Body))];
        }
    }

    [Fact]
    public void From_Pair_IsTheJsonThatEndpointsTake()
    {
        Question question = Question.From(new LoadPair("a \"b\"", "c", "yes"), RequestForm.Pairs);

        using var json = System.Text.Json.JsonDocument.Parse(question.Body);
        Assert.Equal(["premise", "hypothesis"], json.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal("a \"b\"", json.RootElement.GetProperty("premise").GetString());
        Assert.Equal("yes", Encoding.UTF8.GetString(question.Label!));
    }
}
