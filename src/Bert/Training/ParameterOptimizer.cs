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

    public ParameterOptimizer(BertParameters parameters, BertParameters gradients, TrainerOptions options)
    {
        _options = options;
        var first = new BertParameters(parameters.Config);
        var second = new BertParameters(parameters.Config);
        _entries =
        [
            .. parameters.Tensors().Zip(gradients.Tensors()).Zip(first.Tensors().Zip(second.Tensors()))
                .Select(zip => new Entry(zip.First.First.Name, zip.First.First.Values, zip.First.Second.Values, zip.Second.First.Values, zip.Second.Second.Values)),
        ];
    }

    /// <summary>Marks the tensors that a pass gave gradients to: those outside the layers, and the blocks that ran.</summary>
    public void Use(SubNetworks.SubNetwork subNetwork)
    {
        foreach (Entry entry in _entries)
        {
            entry.IsUsed |= entry.Layer < 0
                || (entry.IsAttention ? subNetwork.Layers[entry.Layer].Heads.Count : subNetwork.Layers[entry.Layer].Units.Count) > 0;
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

        public Entry(string name, float[] values, float[] gradient, float[] first, float[] second)
        {
            _values = new PinnedFloats(values);
            Gradient = new PinnedFloats(gradient);
            _first = new PinnedFloats(first);
            _second = new PinnedFloats(second);
            IsDecayed = !name.Contains("bias", StringComparison.Ordinal) && !name.Contains("LayerNorm", StringComparison.Ordinal);
            string[] parts = name.Split('.');
            int layer = Array.IndexOf(parts, "layer");
            Layer = layer < 0 ? -1 : int.Parse(parts[layer + 1], System.Globalization.CultureInfo.InvariantCulture);
            IsAttention = parts.Contains("attention");
        }

        public PinnedFloats Gradient { get; }

        public OptimizedTensor Tensor => new((nint)_values.Pointer, (nint)Gradient.Pointer, (nint)_first.Pointer, (nint)_second.Pointer, _values.Values.LongLength);

        public int Layer { get; }

        public bool IsAttention { get; }

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
