using System.Collections.Immutable;

namespace Endpoints.Bert.SubNetworks;

/// <summary>What a sub-network keeps of one layer. A block that keeps nothing is the identity: no bias, no LayerNorm of its own.</summary>
/// <param name="Heads">Kept attention heads.</param>
/// <param name="Units">Kept intermediate units.</param>
public sealed record LayerSelection(Kept Heads, Kept Units)
{
    /// <summary>True when both blocks are the identity, so that the layer does nothing.</summary>
    public bool IsEmpty => Heads.Count == 0 && Units.Count == 0;

    /// <summary>True when this layer runs as a view of the packed super-network.</summary>
    public bool IsPrefix => Heads.IsPrefix && Units.IsPrefix;
}

/// <summary>
/// A choice of layers, heads and intermediate units kept from a super-network
/// (Structural Pruning of Pre-trained Language Models via NAS, section 3; the embeddings, pooler and classifier are always kept).
/// </summary>
/// <remarks>Two choices that compute the same function compare equal: <c>small:l=0</c> is one sub-network whatever its heads and units.</remarks>
public sealed class SubNetwork : IEquatable<SubNetwork>
{
    private readonly Lazy<string> _text;

    private SubNetwork(ImmutableArray<LayerSelection> layers)
    {
        Layers = layers;
        _text = new Lazy<string>(() => SubNetworkText.Format(this));
    }

    /// <summary>One selection for each layer of the super-network, bottom first; dropped layers are empty.</summary>
    public ImmutableArray<LayerSelection> Layers { get; }

    /// <summary>True when every layer can run as a view of the packed super-network weights.</summary>
    public bool IsPrefix => Layers.All(layer => layer.IsPrefix);

    /// <summary>The whole super-network.</summary>
    public static SubNetwork Full(BertConfig config) =>
        new([.. config.Layers.Select(shape => new LayerSelection(Kept.First(shape.Heads, shape.Heads), Kept.First(shape.Units, shape.Units)))]);

    /// <summary>SMALL: the first <paramref name="layers"/> layers, and in each of them the first heads and units (section 3.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">More layers, heads or units are asked for than there are.</exception>
    public static SubNetwork Small(BertConfig config, int layers, int heads, int units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layers, config.LayerCount);

        // Layers of one shape share their selections: searches make thousands of these.
        var kept = config.Layers.Distinct().ToDictionary(
            shape => shape, shape => (Kept: new LayerSelection(Kept.First(heads, shape.Heads), Kept.First(units, shape.Units)), Dropped: Empty(shape)));
        return new([.. config.Layers.Select((shape, index) => index < layers ? kept[shape].Kept : kept[shape].Dropped)]);
    }

    /// <summary>MEDIUM: the first heads and units of each layer, a number of its own for each.</summary>
    public static SubNetwork Medium(BertConfig config, ReadOnlySpan<int> heads, ReadOnlySpan<int> units)
    {
        CheckLength(config, heads.Length, nameof(heads));
        CheckLength(config, units.Length, nameof(units));
        var layers = ImmutableArray.CreateBuilder<LayerSelection>(config.LayerCount);
        for (int i = 0; i < config.LayerCount; i++)
        {
            layers.Add(new LayerSelection(Kept.First(heads[i], config.Layers[i].Heads), Kept.First(units[i], config.Layers[i].Units)));
        }

        return new(layers.ToImmutable());
    }

    /// <summary>LAYER: whole layers kept or dropped.</summary>
    public static SubNetwork Layer(BertConfig config, ReadOnlySpan<bool> keep)
    {
        CheckLength(config, keep.Length, nameof(keep));
        var layers = ImmutableArray.CreateBuilder<LayerSelection>(config.LayerCount);
        for (int i = 0; i < config.LayerCount; i++)
        {
            LayerShape shape = config.Layers[i];
            layers.Add(keep[i] ? new LayerSelection(Kept.First(shape.Heads, shape.Heads), Kept.First(shape.Units, shape.Units)) : Empty(shape));
        }

        return new(layers.ToImmutable());
    }

    /// <summary>LARGE: any heads and units of each layer.</summary>
    /// <exception cref="ArgumentException">The selections do not fit the super-network's shape.</exception>
    public static SubNetwork Large(BertConfig config, ReadOnlySpan<LayerSelection> layers)
    {
        CheckLength(config, layers.Length, nameof(layers));
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i].Heads.Total != config.Layers[i].Heads || layers[i].Units.Total != config.Layers[i].Units)
            {
                throw new ArgumentException(
                    $"Layer {i} of the super-network has {config.Layers[i].Heads} heads and {config.Layers[i].Units} units, "
                    + $"the selection is of {layers[i].Heads.Total} heads and {layers[i].Units.Total} units.",
                    nameof(layers));
            }
        }

        return new([.. layers]);
    }

    /// <summary>Reads the text form, for example <c>small:l=6,h=6,u=1536</c>; see <see cref="ToString"/>.</summary>
    /// <exception cref="FormatException">The text is not a sub-network of this super-network; the message says what is expected.</exception>
    public static SubNetwork Parse(string text, BertConfig config) => SubNetworkText.Parse(text, config);

    /// <summary>The config of the extracted sub-network: only layers that compute something remain.</summary>
    public BertConfig ConfigOf(BertConfig superNetwork) => superNetwork with
    {
        Layers = [.. Layers.Where(layer => !layer.IsEmpty).Select(layer => new LayerShape(layer.Heads.Count, layer.Units.Count))],
    };

    /// <summary>
    /// The shortest of these forms: <c>full</c>; <c>small:l=6,h=6,u=1536</c>; <c>layer:110110</c> (a bit a layer);
    /// <c>medium:h=12/6/0,u=3072/1536/0</c>; <c>large:h=f/3/0,u=ff/0f/00</c> (a hexadecimal mask a layer, first element in the lowest bit).
    /// </summary>
    public override string ToString() => _text.Value;

    /// <inheritdoc/>
    public bool Equals(SubNetwork? other) => other is not null && Layers.AsSpan().SequenceEqual(other.Layers.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SubNetwork);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (LayerSelection layer in Layers)
        {
            hash.Add(layer);
        }

        return hash.ToHashCode();
    }

    private static LayerSelection Empty(LayerShape shape) => new(Kept.First(0, shape.Heads), Kept.First(0, shape.Units));

    private static void CheckLength(BertConfig config, int length, string name)
    {
        if (length != config.LayerCount)
        {
            throw new ArgumentException($"The super-network has {config.LayerCount} layers, {length} selections were given.", name);
        }
    }
}
