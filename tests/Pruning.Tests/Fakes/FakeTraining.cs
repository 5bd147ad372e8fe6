using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Objectives;

namespace Endpoints.Pruning.Tests.Fakes;

/// <summary>An error that needs no training: it falls with every epoch to the sub-network's own. Counts what was run.</summary>
internal sealed class FakeTraining(int epochs) : IEpochObjective
{
    /// <summary>Sub-networks that were trained, in order.</summary>
    public List<string> Trained { get; } = [];

    /// <summary>Called before every training, with its number in this process.</summary>
    public Action<int> OnTrain { get; init; } = _ => { };

    public string Name => "error";

    public string Unit => "";

    public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) => Evaluate(subNetwork, (_, _) => true, cancellationToken);

    public Measurement Evaluate(SubNetwork subNetwork, Func<int, double, bool> goesOn, CancellationToken cancellationToken = default)
    {
        OnTrain(Trained.Count);
        Trained.Add(subNetwork.ToString());
        double own = 0.5 / (1 + subNetwork.Layers.Sum(layer => layer.Heads.Count + (layer.Units.Count % 3)));
        var details = new Dictionary<string, double>();
        double error;
        int epoch = 0;
        do
        {
            epoch++;

            // Shallow networks fall sooner, so that the order at the second rung is not that at the first.
            error = own + (0.5 * Math.Pow(1.0 / epoch, 1 + (1.0 / (1 + subNetwork.Layers.Length))));
            details[IEpochObjective.DetailOf(Name, epoch)] = error;
        }
        while (epoch < epochs && goesOn(epoch, error));

        details["epochs"] = epoch;
        return new Measurement(error, details);
    }
}
