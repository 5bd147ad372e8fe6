using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Runs.Workers;

/// <summary>A server for each test, so that the searches, which have no name, are each test's own. The password comes from the environment.</summary>
public sealed class PostgresWorkerTests : IDisposable
{
    private readonly PostgresServer _server = new();
    private readonly SharedSearch _search;

    public PostgresWorkerTests() => _search = new SharedSearch(_server.Url, new Dictionary<string, string> { ["PGPASSWORD"] = PostgresServer.Password });

    [PostgresFact]
    public void Workers_Together_EvaluateEachSubNetworkOnce() => _search.WorkersTogether_EvaluateEachSubNetworkOnce();

    [PostgresFact]
    public void Worker_KilledInMidTrial_ItsTrialIsEvaluatedByOneThatWaits() => _search.AWorkerKilledInMidTrial_ItsTrialIsEvaluatedByOneThatWaits();

    [PostgresFact]
    public void Worker_TerminatedInMidTrial_GivesItBackAtOnce() => _search.AWorkerTerminatedInMidTrial_GivesItBackAtOnce();

    [PostgresFact]
    public void Workers_KilledAgainAndAgain_LoseAndRepeatNothing() => _search.WorkersKilledAgainAndAgain_LoseAndRepeatNothing();

    public void Dispose()
    {
        _search.Dispose();
        _server.Dispose();
    }
}
