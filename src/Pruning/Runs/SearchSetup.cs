using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Runs;

/// <summary>A search to run.</summary>
public sealed record SearchSetup
{
    /// <value>The run's folder: its trials, front, environment and log go there.</value>
    public required string Folder { get; init; }

    /// <value>Where the trials are kept and given out; null (the default) keeps them in <see cref="Folder"/>.</value>
    public StorageChoice? Storage { get; init; }

    /// <value>What the search is of; its objectives are those of <see cref="Objectives"/>.</value>
    public required RunConfiguration Configuration { get; init; }

    /// <value>Where to search.</value>
    public required ISearchSpace Space { get; init; }

    /// <value>How to search; a fresh one, told of no trial.</value>
    public required ISearchMethod Method { get; init; }

    /// <value>What to minimise.</value>
    public required IReadOnlyList<IObjective> Objectives { get; init; }

    /// <value>Ends the training of trials early, where one objective is an <see cref="IEpochObjective"/>; a fresh one, told of nothing. Null (default) trains all to their end.</value>
    public ITrialScheduler? Scheduler { get; init; }

    /// <value>Trials to have in the end, those of earlier runs and of other workers included. Default 100.</value>
    public int Trials { get; init; } = 100;

    /// <value>What is right for the validation examples, for tests between trials; null leaves the noise-aware front out.</value>
    public ValidationTruth? Truth { get; init; }

    /// <value>What evaluates, for the record of the worker's environment, for example the engine's description; empty by default.</value>
    public string Engine { get; init; } = "";

    /// <value>The clock.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <value>Called after every trial of this worker, and once after a resume; may be null.</value>
    public Action<SearchProgress>? Progress { get; init; }

    /// <value>Receives sentences that the user should see, for example that a half-written line was removed; may be null.</value>
    public Action<string>? Notice { get; init; }
}

/// <summary>Where a search stands.</summary>
/// <param name="Finished">Trials finished, those of earlier runs and of other workers included.</param>
/// <param name="Total">Trials wanted.</param>
/// <param name="Last">The trial that just finished; null after a resume.</param>
/// <param name="TrialsPerSecond">Rate since this worker started, other workers' trials included; 0 before its first trial.</param>
/// <param name="Remaining">Estimated time left; null before this worker's first trial.</param>
public readonly record struct SearchProgress(int Finished, int Total, Trial? Last, double TrialsPerSecond, TimeSpan? Remaining);
