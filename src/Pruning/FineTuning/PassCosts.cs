using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.FineTuning;

/// <summary>Why a sub-network takes part in an update step.</summary>
public enum PassKind
{
    /// <summary>It is the whole super-network.</summary>
    Full,

    /// <summary>It was drawn.</summary>
    Random,

    /// <summary>It is the smallest one of the sandwich rule.</summary>
    Smallest,
}

/// <summary>What the passes of one kind cost on average.</summary>
/// <param name="Kind">Of which kind.</param>
/// <param name="Passes">How many there were.</param>
/// <param name="MeanSeconds">Measured; the first pass of a step also packs the weights that the step before has changed.</param>
/// <param name="ShareOfOperations">Operations of the matrix products, as a share of what the super-network takes for the same batches.</param>
public sealed record PassCost(PassKind Kind, int Passes, double MeanSeconds, double ShareOfOperations);

/// <summary>Measures the passes of update steps, kind by kind: sub-networks run as views of the weights, so each should cost what it keeps.</summary>
/// <param name="config">The super-network's shape.</param>
/// <param name="time">The clock.</param>
public sealed class PassCosts(BertConfig config, TimeProvider time)
{
    private readonly Sum[] _sums = [.. Enum.GetValues<PassKind>().Select(_ => new Sum())];
    private readonly SubNetwork _full = SubNetwork.Full(config);

    /// <summary>What was measured, for each kind that ran.</summary>
    public IReadOnlyList<PassCost> Summary =>
        [.. Enum.GetValues<PassKind>().Where(kind => _sums[(int)kind].Passes > 0).Select(kind => _sums[(int)kind].Of(kind))];

    /// <summary>Runs a pass and counts it.</summary>
    internal float Measure(PassKind kind, SubNetwork subNetwork, TokenBatch batch, Func<float> pass)
    {
        long start = time.GetTimestamp();
        float loss = pass();
        _sums[(int)kind].Add(time.GetElapsedTime(start), Operations(subNetwork, batch), Operations(_full, batch));
        return loss;
    }

    private double Operations(SubNetwork subNetwork, TokenBatch batch)
    {
        double sum = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            sum += OperationCount.Executed(config, subNetwork, batch.Offsets[i + 1] - batch.Offsets[i]);
        }

        return sum;
    }

    private sealed class Sum
    {
        private TimeSpan _time;
        private double _operations;
        private double _full;

        public int Passes { get; private set; }

        public void Add(TimeSpan elapsed, double operations, double full)
        {
            Passes++;
            _time += elapsed;
            _operations += operations;
            _full += full;
        }

        public PassCost Of(PassKind kind) => new(kind, Passes, _time.TotalSeconds / Passes, _operations / _full);
    }
}
