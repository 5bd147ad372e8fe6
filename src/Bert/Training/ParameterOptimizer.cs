using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>AdamW over every tensor of a model, with clipping by the global norm.</summary>
/// <remarks>
/// A tensor that no pass of a step has used (a dropped block's) keeps its moments and is not decayed, as in PyTorch, where its gradient is absent.
/// </remarks>
internal sealed unsafe class ParameterOptimizer : IDisposable
{
    private readonly TrainerOptions _options;
    private readonly Entry[] _entries;

    /// <summary>Prepares to update tensors in place.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="gradients">Their gradients, in the same order.</param>
    /// <param name="options">How.</param>
    public ParameterOptimizer(IEnumerable<NamedTensor> parameters, IEnumerable<NamedTensor> gradients, TrainerOptions options)
    {
        _options = options;
        _entries = [.. parameters.Zip(gradients, (parameter, gradient) => new Entry(parameter.Name, parameter.Values, gradient.Values))];
    }

    /// <summary>Marks the tensors that a pass gave gradients to: those outside the layers, the blocks that ran, and of several task heads the one that ran.</summary>
    public void Use(SubNetworks.SubNetwork subNetwork, string? taskHead = null)
    {
        foreach (Entry entry in _entries)
        {
            entry.IsUsed |= entry.Layer < 0
                ? entry.TaskHead is null || entry.TaskHead == taskHead
                : (entry.IsAttention ? subNetwork.Layers[entry.Layer].Heads.Count : subNetwork.Layers[entry.Layer].Units.Count) > 0;
        }
    }

    /// <summary>Clips, updates and clears the gradients of the used tensors. Returns the norm before clipping.</summary>
    public float Step(ThreadTeam team, float learningRate)
    {
        var squares = new SquareWork(_entries);
        team.Run(ref squares, _entries.Length);
        double norm = Math.Sqrt(_entries.Where(entry => entry.IsUsed).Sum(entry => entry.SumOfSquares));
        float scale = _options.ClipNorm > 0 ? (float)Math.Min(1, _options.ClipNorm / (norm + 1e-6)) : 1f;
        foreach (Entry entry in _entries)
        {
            if (entry.IsUsed)
            {
                AdamWSettings settings = entry.IsDecayed || _options.DecayBiasAndNorm ? _options.AdamW : _options.AdamW with { WeightDecay = 0 };
                AdamW.Step(team, entry.Tensor, ++entry.Steps, learningRate, scale, settings);
                Array.Clear(entry.Gradient.Values);
                entry.IsUsed = false;
            }
        }

        return (float)norm;
    }

    public void Dispose()
    {
        foreach (Entry entry in _entries)
        {
            entry.Dispose();
        }
    }

    private sealed class Entry : IDisposable
    {
        private readonly PinnedFloats _values;
        private readonly PinnedFloats _first;
        private readonly PinnedFloats _second;

        public Entry(string name, float[] values, float[] gradient)
        {
            _values = new PinnedFloats(values);
            Gradient = new PinnedFloats(gradient);
            _first = new PinnedFloats(new float[values.LongLength]);
            _second = new PinnedFloats(new float[values.LongLength]);
            IsDecayed = !name.Contains("bias", StringComparison.Ordinal) && !name.Contains("LayerNorm", StringComparison.Ordinal);
            string[] parts = name.Split('.');
            int layer = Array.IndexOf(parts, "layer");
            Layer = layer < 0 ? -1 : int.Parse(parts[layer + 1], System.Globalization.CultureInfo.InvariantCulture);
            IsAttention = parts.Contains("attention");
            TaskHead = parts[0] == Multitask.TaskHead.TensorPrefix ? parts[1] : null;
        }

        public PinnedFloats Gradient { get; }

        public OptimizedTensor Tensor => new((nint)_values.Pointer, (nint)Gradient.Pointer, (nint)_first.Pointer, (nint)_second.Pointer, _values.Values.LongLength);

        public int Layer { get; }

        public bool IsAttention { get; }

        /// <summary>The head of a multitask network that the tensor belongs to; null for the trunk and for a classifier.</summary>
        public string? TaskHead { get; }

        public bool IsDecayed { get; }

        public bool IsUsed { get; set; }

        public int Steps { get; set; }

        public double SumOfSquares { get; set; }

        public void Dispose()
        {
            _values.Dispose();
            Gradient.Dispose();
            _first.Dispose();
            _second.Dispose();
        }
    }

    private readonly struct SquareWork(Entry[] entries) : IWork
    {
        public void Execute(int item, int worker)
        {
            Entry entry = entries[item];
            entry.SumOfSquares = entry.IsUsed ? AdamW.SumOfSquares(entry.Gradient.Pointer, entry.Gradient.Values.LongLength) : 0;
        }
    }
}
