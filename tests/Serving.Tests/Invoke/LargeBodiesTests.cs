using System.Net;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Invoke;

public sealed class LargeBodiesTests
{
    private static readonly string Large = $$"""{"text": "{{new string('a', LargeBodies.Threshold)}}"}""";

    [Fact]
    public async Task ManyAtOnce_AThreadIsLeftForEverythingElse()
    {
        await using TestHost host = await TestHost.StartAsync();
        using var gate = new SemaphoreSlim(0);
        int inside = 0, most = 0;
        host.Tokenizer.OnText = text =>
        {
            if (text.Length >= LargeBodies.Threshold)
            {
                int now = Interlocked.Increment(ref inside);
                lock (gate)
                {
                    most = Math.Max(most, now);
                }

                Assert.True(gate.Wait(TestHost.Patience));
                Interlocked.Decrement(ref inside);
            }
        };
        int turns = LargeBodies.Turns;
        Task<HttpResponseMessage>[] large = [.. Enumerable.Range(0, turns + 3).Select(_ => host.PostAsync(Large))];
        await TestHost.Until(() => Volatile.Read(ref inside) == turns);

        using HttpResponseMessage live = await host.Client.GetAsync("/health/live");
        using HttpResponseMessage small = await host.PostAsync(TestHost.Body());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, small.StatusCode));
        gate.Release(large.Length);
        Assert.All(await Task.WhenAll(large), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(turns, most);
    }

    [Theory]
    [InlineData("Truncate", HttpStatusCode.OK, "")]
    [InlineData("Refuse", HttpStatusCode.UnprocessableEntity, "")]
    [InlineData("Truncate", HttpStatusCode.BadRequest, "]")]
    public async Task EveryWayOut_GivesTheTurnBack(string onTooLong, HttpStatusCode status, string more)
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:OnTooLong", onTooLong));
        string words = $$"""{"text": "{{string.Concat(Enumerable.Repeat("a ", LargeBodies.Threshold))}}"}{{more}}""";
        for (int i = 0; i <= LargeBodies.Turns; i++)
        {
            using HttpResponseMessage answer = await host.PostAsync(words);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task ComputedLater_TheTurnIsGivenBackBefore()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        Task<HttpResponseMessage>[] waiting = await host.QueueAsync("base", [.. Enumerable.Repeat(Large, LargeBodies.Turns + 1)]);

        host.Engine.Release();
        Assert.All(await Task.WhenAll([running, .. waiting]), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Small_NeedsNoTurn()
    {
        using var bodies = new LargeBodies();
        Assert.False(await bodies.EnterAsync(LargeBodies.Threshold - 1, CancellationToken.None));

        for (int i = 0; i < LargeBodies.Turns; i++)
        {
            Assert.True(await bodies.EnterAsync(LargeBodies.Threshold, CancellationToken.None));
        }

        using var left = new CancellationTokenSource();
        Task<bool> waiting = bodies.EnterAsync(LargeBodies.Threshold, left.Token).AsTask();
        Task<bool> next = bodies.EnterAsync(LargeBodies.Threshold, CancellationToken.None).AsTask();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(next.IsCompleted);
        bodies.Leave();
        Assert.True(await next);
        Assert.False(await bodies.EnterAsync(0, CancellationToken.None));
    }
}
