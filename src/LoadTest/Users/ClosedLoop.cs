using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Users;

/// <summary>Runs stages of a fixed number of virtual users.</summary>
internal sealed class ClosedLoop(TargetUnderTest target, LoadTestOptions options, Func<IAsker> connect, TimeProvider time, CancellationToken interrupted) : ILoop
{
    private readonly List<IAsker> _askers = [];

    public async Task<StageResult> RunAsync(LoadStage stage)
    {
        while (_askers.Count < stage.Users)
        {
            _askers.Add(connect());
        }

        using var clock = new StageClock(stage, options, time);
        var asking = new Asking(target, options, time);
        target.Users = stage.Users;
        TimeSpan warmUp = options.WarmUpOf(stage);
        Task<bool> end = clock.RunAsync(warmUp, stage.Duration - warmUp, interrupted);
        await Task.WhenAll(_askers.Take(stage.Users).Select(asker => Task.Run(() => new VirtualUser(asker, asking, options, time).RunAsync(clock), CancellationToken.None)))
            .ConfigureAwait(false);

        // Away from the thread of the last answer: other connections' answers may wait for it.
        await Task.Yield();
        bool complete = await end.ConfigureAwait(false);
        return StageResult.From(stage, stage.Users, clock, complete, options);
    }

    public void Dispose() => _askers.ForEach(asker => asker.Dispose());
}
