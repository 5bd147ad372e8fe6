using System.Globalization;
using System.Numerics;

namespace Endpoints.Bert.SubNetworks;

/// <summary>The text form of a sub-network, as users type it and files store it.</summary>
internal static class SubNetworkText
{
    private const string Expected =
        "expected full, small:l=LAYERS,h=HEADS,u=UNITS, layer:BITS, medium:h=H1/H2/..,u=U1/U2/.. or large:h=HEX/..,u=HEX/..";

    public static string Format(SubNetwork network)
    {
        var layers = network.Layers;
        if (layers.All(layer => layer.Heads.Count == layer.Heads.Total && layer.Units.Count == layer.Units.Total))
        {
            return "full";
        }

        if (!network.IsPrefix)
        {
            return $"large:h={Join(layers.Select(layer => Hex(layer.Heads)))},u={Join(layers.Select(layer => Hex(layer.Units)))}";
        }

        int depth = layers.Length;
        while (depth > 0 && layers[depth - 1].IsEmpty)
        {
            depth--;
        }

        if (depth == 0)
        {
            return "small:l=0,h=0,u=0";
        }

        if (layers.Take(depth).All(layer => layer.Heads.Count == layers[0].Heads.Count && layer.Units.Count == layers[0].Units.Count))
        {
            return $"small:l={depth},h={layers[0].Heads.Count},u={layers[0].Units.Count}";
        }

        if (layers.All(layer => layer.IsEmpty || (layer.Heads.Count == layer.Heads.Total && layer.Units.Count == layer.Units.Total)))
        {
            return "layer:" + string.Concat(layers.Select(layer => layer.IsEmpty ? '0' : '1'));
        }

        return $"medium:h={Join(layers.Select(layer => Number(layer.Heads.Count)))},u={Join(layers.Select(layer => Number(layer.Units.Count)))}";
    }

    public static SubNetwork Parse(string text, BertConfig config)
    {
        try
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            string space = colon < 0 ? text : text[..colon];
            string body = colon < 0 ? "" : text[(colon + 1)..];
            return (space.Trim().ToLowerInvariant(), body) switch
            {
                ("full", "") => SubNetwork.Full(config),
                ("small", _) => ParseSmall(body, config),
                ("layer", _) => SubNetwork.Layer(config, [.. body.Trim().Select(Bit)]),
                ("medium", _) => SubNetwork.Medium(config, Numbers(Field(body, "h")), Numbers(Field(body, "u"))),
                ("large", _) => ParseLarge(body, config),
                _ => throw new FormatException("unknown search space"),
            };
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
        {
            string shape = $"{config.LayerCount} layers, at most {config.MaxHeads} heads and {config.MaxUnits} units in each";
            throw new FormatException($"'{text}' is not a sub-network of this model ({shape}): {Expected}.", exception);
        }
    }

    private static SubNetwork ParseSmall(string body, BertConfig config) =>
        SubNetwork.Small(config, Numbers(Field(body, "l"))[0], Numbers(Field(body, "h"))[0], Numbers(Field(body, "u"))[0]);

    private static SubNetwork ParseLarge(string body, BertConfig config)
    {
        string[] heads = Field(body, "h").Split('/');
        string[] units = Field(body, "u").Split('/');
        if (heads.Length != config.LayerCount || units.Length != config.LayerCount)
        {
            throw new FormatException("one mask a layer");
        }

        return SubNetwork.Large(config, [.. config.Layers.Select((shape, i) => new LayerSelection(Mask(heads[i], shape.Heads), Mask(units[i], shape.Units)))]);
    }

    private static string Field(string body, string name)
    {
        foreach (string part in body.Split(','))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && part[..equals].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return part[(equals + 1)..].Trim();
            }
        }

        throw new FormatException($"{name} is missing");
    }

    private static bool Bit(char c) => c switch { '0' => false, '1' => true, _ => throw new FormatException("bits are 0 or 1") };

    private static int[] Numbers(string text) => [.. text.Split('/').Select(part => int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture))];

    private static Kept Mask(string hex, int total)
    {
        var bits = BigInteger.Parse("0" + hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (bits >> total != 0)
        {
            throw new FormatException($"a mask of {total} bits is expected");
        }

        return Kept.FromMask([.. Enumerable.Range(0, total).Select(i => !(bits >> i).IsEven)]);
    }

    private static string Hex(Kept kept)
    {
        var bits = BigInteger.Zero;
        foreach (int index in kept.Indices)
        {
            bits |= BigInteger.One << index;
        }

        string hex = bits.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return hex.Length == 0 ? "0" : hex;
    }

    private static string Join(IEnumerable<string> parts) => string.Join('/', parts);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
