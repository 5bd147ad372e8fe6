using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Training;

/// <summary>One encoder layer in training; absent blocks are null.</summary>
internal sealed class TrainingLayer : IDisposable
{
    /// <summary>Dropout sites a layer takes: attention probabilities, attention output, feed-forward output.</summary>
    private const int Sites = 4;

    public TrainingLayer(LayerParameters parameters, LayerParameters gradients, Precision precision, int index)
    {
        int site = (index + 1) * Sites;
        Attention = parameters.Attention is { } attention ? new(attention, gradients.Attention!, precision, site) : null;
        FeedForward = parameters.FeedForward is { } feedForward ? new(feedForward, gradients.FeedForward!, precision, site + 2) : null;
    }

    public TrainingAttention? Attention { get; }

    public TrainingFeedForward? FeedForward { get; }

    public IEnumerable<TrainingLinear> Linears => (Attention?.Linears ?? []).Concat(FeedForward?.Linears ?? []);

    public void Dispose()
    {
        Attention?.Dispose();
        FeedForward?.Dispose();
    }
}

/// <summary>A layer of which a pass keeps something that is no prefix: weights gathered for the pass, gradients scattered back after it.</summary>
internal sealed class GatheredLayer : IDisposable
{
    private readonly LayerParameters _gradients;
    private readonly LayerSelection _selection;
    private readonly int _headSize;

    public GatheredLayer(ThreadTeam team, LayerParameters parameters, LayerSelection selection, BertConfig config, Precision precision, int index)
    {
        _selection = selection;
        _headSize = config.HeadSize;
        _gradients = new LayerParameters(config, new LayerShape(selection.Heads.Count, selection.Units.Count));
        Layer = new TrainingLayer(SubNetworkExtractor.Extract(parameters, selection, config), _gradients, precision, index);
        foreach (TrainingLinear linear in Layer.Linears)
        {
            linear.Pack(team);
        }
    }

    public TrainingLayer Layer { get; }

    /// <summary>Adds the pass's gradients to the super-network's.</summary>
    public void Scatter(LayerParameters target)
    {
        if (_gradients.Attention is { } from && target.Attention is { } to)
        {
            AddRows(from.Query, _selection.Heads, _headSize, to.Query);
            AddRows(from.Key, _selection.Heads, _headSize, to.Key);
            AddRows(from.Value, _selection.Heads, _headSize, to.Value);
            AddColumns(from.Output, _selection.Heads, _headSize, to.Output);
            Add(from.Norm, to.Norm);
        }

        if (_gradients.FeedForward is { } units && target.FeedForward is { } all)
        {
            AddRows(units.Up, _selection.Units, 1, all.Up);
            AddColumns(units.Down, _selection.Units, 1, all.Down);
            Add(units.Norm, all.Norm);
        }
    }

    public void Dispose() => Layer.Dispose();

    /// <summary>Outputs were gathered: rows k·width to (k+1)·width belong to the k-th kept one.</summary>
    private static void AddRows(LinearParameters from, Kept kept, int width, LinearParameters to)
    {
        for (int i = 0; i < kept.Count; i++)
        {
            int length = width * from.Inputs;
            Add(from.Weight.AsSpan(i * length, length), to.Weight.AsSpan(kept.Indices[i] * length, length));
            Add(from.Bias.AsSpan(i * width, width), to.Bias.AsSpan(kept.Indices[i] * width, width));
        }
    }

    /// <summary>Inputs were gathered: columns k·width to (k+1)·width of every row belong to the k-th kept one.</summary>
    private static void AddColumns(LinearParameters from, Kept kept, int width, LinearParameters to)
    {
        for (int row = 0; row < from.Outputs; row++)
        {
            for (int i = 0; i < kept.Count; i++)
            {
                Add(from.Weight.AsSpan((row * from.Inputs) + (i * width), width), to.Weight.AsSpan((row * to.Inputs) + (kept.Indices[i] * width), width));
            }
        }

        Add(from.Bias, to.Bias);
    }

    private static void Add(NormParameters from, NormParameters to)
    {
        Add(from.Gamma, to.Gamma);
        Add(from.Beta, to.Beta);
    }

    private static void Add(ReadOnlySpan<float> from, Span<float> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] += from[i];
        }
    }
}
