using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Objectives;

/// <summary>What a search minimises (section 3 of the paper: the validation error and a cost).</summary>
public interface IObjective
{
    /// <summary>The name that users choose it by and files show, for example <c>error</c>.</summary>
    string Name { get; }

    /// <summary>The unit of its values, for example <c>ms</c>; empty for a plain number.</summary>
    string Unit { get; }

    /// <summary>Evaluates a sub-network.</summary>
    Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default);
}

/// <summary>An objective that is a function of the sub-network's shape alone: cheap, without noise, and known before anything runs.</summary>
public interface IExactObjective : IObjective
{
    /// <summary>The value of a sub-network, what <see cref="IObjective.Evaluate"/> gives.</summary>
    double ValueOf(SubNetwork subNetwork);

    /// <inheritdoc/>
    Measurement IObjective.Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken) => new(ValueOf(subNetwork));
}

/// <summary>What an objective found.</summary>
/// <param name="Value">The value to minimise.</param>
/// <param name="Details">Other figures worth keeping with the trial, by name; may be null.</param>
public readonly record struct Measurement(double Value, IReadOnlyDictionary<string, double>? Details = null)
{
    /// <summary>The predicted label or value of each validation example, which paired tests between trials need; null where the objective predicts nothing.</summary>
    public float[]? Predictions { get; init; }
}

/// <summary>An objective that can end its evaluation as soon as the value is sure to be of no interest.</summary>
public interface IBoundedObjective : IObjective
{
    /// <summary>Evaluates a sub-network, or as much of it as it takes to know that its value exceeds <paramref name="most"/>.</summary>
    /// <param name="subNetwork">What to evaluate.</param>
    /// <param name="most">A larger value is dominated.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The value; where it ended early, an estimate above <paramref name="most"/>.</returns>
    Measurement Evaluate(SubNetwork subNetwork, double most, CancellationToken cancellationToken = default);
}

/// <summary>What making an objective may need.</summary>
public sealed record ObjectiveContext
{
    /// <value>The fine-tuned super-network.</value>
    public required ISuperNetwork SuperNetwork { get; init; }

    /// <value>Runs sub-networks over the validation examples.</value>
    public required Evaluator Validation { get; init; }

    /// <value>The clock that latency is measured with.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <value>The run's folder, where what is measured once for a whole run is kept; null (default) keeps nothing.</value>
    public string? Folder { get; init; }

    /// <value>What runs the sub-networks, for example <c>cpu Vector512, 1 lane of 2 threads</c>: measurements kept in a folder are taken again for another.</value>
    public string Device { get; init; } = "";

    /// <value>Receives sentences that the user should see; may be null.</value>
    public Action<string>? Notice { get; init; }
}
