using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Agreement;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Elastic;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Management;

/// <summary>
/// Adds, replaces and removes endpoints while traffic flows, one at a time. A new one is loaded (1) and warmed up (2) beside the traffic, then listed (3):
/// from there on requests find it. Requests inside a replaced one are answered by that, and then (4) its memory is freed. Whatever fails before (3) leaves
/// everything as it was.
/// </summary>
internal sealed class EndpointManager(
    EndpointCatalog catalog,
    EndpointFactory factory,
    ElasticEndpoints elastics,
    AgreementCheck agreement,
    LaneTeam lanes,
    ServingMetrics metrics,
    ServerOptions server,
    IConfiguration configuration,
    ILogger<EndpointManager> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Adds an endpoint, or replaces the one of this name.</summary>
    /// <returns>The problem, or null and whether it is new.</returns>
    public async Task<(Problem? Problem, bool IsNew)> PutAsync(string name, EndpointChange change)
    {
        if (elastics.Find(name) is not null)
        {
            return (KnownProblems.EndpointIsElastic(name), false);
        }

        Dictionary<string, string?> own = change.Options();
        (EndpointOptions? options, IReadOnlyList<string> failures) = ServingConfiguration.ForEndpoint(configuration, name, own);
        if (options is null)
        {
            return (KnownProblems.EndpointRefused(string.Join(" ", failures)), false);
        }

        await _turn.WaitAsync();
        try
        {
            // :: 1 - not on this thread alone: reading and packing a checkpoint takes seconds.
            ServedEndpoint endpoint = await Task.Run(() => factory.Create(
                Define(name, change, options), options, isDefault: catalog.Default.Name == name, catalog.NextVersion(name), own));

            // What no server would start with, none comes to by a change.
            if (elastics.WhyUnfit(endpoint) is { } reason)
            {
                await FreeAsync(endpoint);
                return (KnownProblems.ElasticUnfit(name, reason), false);
            }

            // :: 2
            try
            {
                await lanes.WarmUpAsync(endpoint);
            }
            catch
            {
                await FreeAsync(endpoint);
                throw;
            }

            // :: 3
            metrics.Show(endpoint);
            ServedEndpoint? replaced = catalog.Put(endpoint);
            agreement.Show(endpoint);
            Log.Listed(logger, name, endpoint.Description.SubNetwork, replaced is not null);

            // :: 4
            if (replaced is not null)
            {
                await replaced.Emptied;
                await FreeAsync(replaced);
            }

            return (null, replaced is null);
        }
        catch (Exception exception) when (exception is CheckpointException or FormatException or ArgumentException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return (KnownProblems.EndpointRefused(exception.Message), false);
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, name);
            return (KnownProblems.EndpointFailed(name, exception.Message), false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes an endpoint once its requests are answered.</summary>
    /// <returns>The problem, or null.</returns>
    public async Task<Problem?> DeleteAsync(string name)
    {
        await _turn.WaitAsync();
        try
        {
            if (catalog.Find(name) is not { } endpoint)
            {
                return elastics.Find(name) is null ? KnownProblems.UnknownEndpoint(name, catalog.Names) : KnownProblems.EndpointIsElastic(name);
            }

            if (endpoint.IsDefault)
            {
                return KnownProblems.EndpointIsDefault(name);
            }

            catalog.Remove(endpoint);
            metrics.Hide(endpoint);
            Log.Unlisted(logger, name);
            await endpoint.Emptied;
            await FreeAsync(endpoint);
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private EndpointDefinition Define(string name, EndpointChange change, EndpointOptions options)
    {
        if ((change.Of is null ? 0 : 1) + (change.Checkpoint is null ? 0 : 1) + (change.Cascade is null ? 0 : 1) != 1)
        {
            throw new FormatException("expected one of \"of\", the name of an endpoint, \"checkpoint\", a folder on the server, and \"cascade\", the names of two endpoints.");
        }

        if (change.Cascade is not null || change.Threshold is not null)
        {
            return DefineCascade(name, change, options);
        }

        Checkpoint checkpoint = change.Of is { } of
            ? Find(of, "cut a sub-network of").Definition.Checkpoint
            : CheckpointFolder.Load(new ModelRoots(server.ModelRoots).Resolve(change.Checkpoint!));
        SubNetwork subNetwork = change.SubNetwork is { } text ? SubNetwork.Parse(text, checkpoint.Config) : SubNetwork.Full(checkpoint.Config);
        return new EndpointDefinition(name, checkpoint, subNetwork);
    }

    private EndpointDefinition DefineCascade(string name, EndpointChange change, EndpointOptions options)
    {
        if (change is not { Cascade: [var small, var large], Threshold: { } threshold, SubNetwork: null } || small == large)
        {
            throw new FormatException("expected \"cascade\", the names of two endpoints, the small one first, with \"threshold\", a number from 0 to 1, and no \"subNetwork\".");
        }

        // Where it names no precision of its own, each network runs in what it has in memory.
        ServedEndpoint first = Find(small, "ask first"), second = Find(large, "ask next");
        bool isOwn = change.Precision is not null;
        options.Precision = isOwn ? options.Precision : second.Options.Precision;
        return CascadeDefinition.Of(name, first.Definition, second.Definition, threshold, isOwn ? null : first.Options.Precision);
    }

    private ServedEndpoint Find(string name, string why) =>
        catalog.Find(name) ?? throw new FormatException($"there is no endpoint '{name}' to {why}; the endpoints are: {catalog.Names}.");

    private async Task FreeAsync(ServedEndpoint endpoint)
    {
        if (factory.LeaveQueue(endpoint))
        {
            catalog.Forget(endpoint.Queue);
            await endpoint.Queue.Emptied;
        }

        factory.Free(endpoint);
        FreedMemory.GiveBack();
    }
}
