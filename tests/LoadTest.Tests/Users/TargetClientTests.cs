using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.LoadTest.Users;
using Endpoints.LoadTest.Wire;

namespace Endpoints.LoadTest.Tests.Users;

public sealed class TargetClientTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(Reply.Right, Outcome.Ok, null)]
    [InlineData(Reply.Throttled, Outcome.Throttled, "429 Too Many Requests")]
    [InlineData(Reply.ServerError, Outcome.Wrong, "500 Internal Server Error")]
    [InlineData(Reply.NoLabel, Outcome.Wrong, "200 without the JSON field 'label'")]
    [InlineData(Reply.NotHttp, Outcome.Wrong, "the answer is not HTTP")]
    [InlineData(Reply.Close, Outcome.Refused, "connection closed before the answer was complete")]
    [InlineData(Reply.CloseHalfway, Outcome.Refused, "connection closed before the answer was complete")]
    internal async Task AskAsync_Reply_HasItsOutcomeAndLatency(Reply reply, Outcome outcome, string? error)
    {
        foreach (bool wire in (bool[])[true, false])
        {
            await CheckAsync(wire, reply, outcome, error);
        }
    }

    private async Task CheckAsync(bool wire, Reply reply, Outcome outcome, string? error)
    {
        using var server = new Responder(_ => reply);
        server.Received = _ => _clock.Advance(TimeSpan.FromMilliseconds(7));
        using ITargetClient client = Connect(wire, server.Url);

        Answer answer = (await client.AskAsync(Question.From(Sample.Pairs[0], RequestForm.Pairs)))!.Value;

        Assert.Equal((outcome, error), (answer.Outcome, answer.Error));
        Assert.Equal(TimeSpan.FromMilliseconds(7), answer.Latency);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AskAsync_SlowAnswer_TimesOutAndTheNextOneIsAnswered(bool wire)
    {
        using var server = new Responder(i => i == 0 ? Reply.Silence : Reply.Right);
        server.Received = reply => _clock.Advance(TimeSpan.FromSeconds(reply == Reply.Silence ? 10 : 1));
        using ITargetClient client = Connect(wire, server.Url);

        Answer slow = (await client.AskAsync(Question.From(Sample.Pairs[0], RequestForm.Pairs)).WaitAsync(TimeSpan.FromSeconds(60)))!.Value;
        Answer next = (await client.AskAsync(Question.From(Sample.Pairs[0], RequestForm.Pairs)))!.Value;

        Assert.Equal((Outcome.TimedOut, "no answer within 10 s"), (slow.Outcome, slow.Error));
        Assert.Equal(Outcome.Ok, next.Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AskAsync_Interrupted_GivesNoAnswer(bool wire)
    {
        using var interruption = new CancellationTokenSource();
        using var server = new Responder(_ => Reply.Silence);
        server.Received = _ => interruption.Cancel();
        using ITargetClient client = Connect(wire, server.Url, interruption.Token);

        Assert.Null(await client.AskAsync(Question.From(Sample.Pairs[0], RequestForm.Pairs)));
    }

    private ITargetClient Connect(bool wire, Uri url, CancellationToken interrupted = default) => wire
        ? new WireClient(new LoadTarget("base", url), Sample.Options(), _clock, interrupted)
        : new TargetClient(new LoadTarget("base", url), Sample.Options(), _clock, interrupted);
}
