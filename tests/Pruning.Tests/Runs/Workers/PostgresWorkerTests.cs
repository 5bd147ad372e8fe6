using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Runs.Workers;

/// <summary>Each test has a search of its own on one server. The password comes from the environment.</summary>
public sealed class PostgresWorkerTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly SharedSearch _search = new(
        server.Url, new Dictionary<string, string> { ["PGPASSWORD"] = PostgresServer.Password, ["SEARCH_RUN"] = Path.GetRandomFileName() });

    [PostgresFact]
    public void Workers_Together_EvaluateEachSubNetworkOnce() => _search.WorkersTogether_EvaluateEachSubNetworkOnce();

    [PostgresFact]
    public void Worker_KilledInMidTrial_ItsTrialIsEvaluatedByOneThatWaits() => _search.AWorkerKilledInMidTrial_ItsTrialIsEvaluatedByOneThatWaits();

    [PostgresFact]
    public void Worker_TerminatedInMidTrial_GivesItBackAtOnce() => _search.AWorkerTerminatedInMidTrial_GivesItBackAtOnce();

    [PostgresFact]
    public void Workers_KilledAgainAndAgain_LoseAndRepeatNothing() => _search.WorkersKilledAgainAndAgain_LoseAndRepeatNothing();

    public void Dispose() => _search.Dispose();
}
