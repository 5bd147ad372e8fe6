using System.Globalization;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Objectives;

/// <summary>An objective that is measured by training a sub-network epoch by epoch, which may end between two epochs.</summary>
/// <remarks>Its details hold the value after every epoch, under <see cref="DetailOf"/>: from them a resumed search tells a scheduler again what it saw.</remarks>
public interface IEpochObjective : IObjective
{
    /// <summary>Trains and evaluates a sub-network.</summary>
    /// <param name="subNetwork">What to train.</param>
    /// <param name="goesOn">Asked after every epoch but the last, with the epoch (from 1) and the value after it, whether the training goes on.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Measurement Evaluate(SubNetwork subNetwork, Func<int, double, bool> goesOn, CancellationToken cancellationToken = default);

    /// <summary>The detail that holds an objective's value after an epoch (from 1), for example <c>error_epoch_1</c>.</summary>
    static string DetailOf(string objective, int epoch) => string.Create(CultureInfo.InvariantCulture, $"{objective}_epoch_{epoch}");
}
