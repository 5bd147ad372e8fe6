using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Users;

/// <summary>
/// Runs stages of a fixed number of virtual users against one target. Each stage stands for itself: it starts with all users idle and ends when the
/// last answer is in. Users and their connections live on from stage to stage.
/// </summary>
internal sealed class ClosedLoop(TargetUnderTest target, LoadTestOptions options, TimeProvider time, CancellationToken interrupted) : IDisposable
{
    private readonly List<TargetClient> _clients = [];

    public async Task<StageResult> RunAsync(LoadStage stage)
    {
        while (_clients.Count < stage.Users)
        {
            _clients.Add(new TargetClient(target.Target.Url, options, time, interrupted));
        }

        using var clock = new StageClock(time);
        target.Users = stage.Users;
        TimeSpan warmUp = options.WarmUpOf(stage);
        Task<bool> end = clock.RunAsync(warmUp, stage.Duration - warmUp, interrupted);
        await Task.WhenAll(_clients.Take(stage.Users).Select(client => Task.Run(() => new VirtualUser(client, target, options, time).RunAsync(clock), CancellationToken.None)))
            .ConfigureAwait(false);
        bool complete = await end.ConfigureAwait(false);
        return StageResult.From(stage.Users, clock, complete);
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());
}
