using System.Globalization;

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

        return $"medium:h={Join(layers.Select(layer => Text(layer.Heads.Count)))},u={Join(layers.Select(layer => Text(layer.Units.Count)))}";
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
                ("medium", _) => ParseMedium(body, config),
                ("large", _) => ParseLarge(body, config),
                _ => throw new FormatException("unknown search space"),
            };
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
        {
            string shape = $"{config.LayerCount} layers, at most {config.MaxHeads} heads and {config.MaxUnits} units in each";
            string found = text.Length <= 80 ? text : text[..77] + "...";
            throw new FormatException($"'{found}' is not a sub-network of this model ({shape}): {Expected}.", exception);
        }
    }

    private static SubNetwork ParseSmall(string body, BertConfig config)
    {
        string[] fields = Fields(body, "l", "h", "u");
        return SubNetwork.Small(config, Number(fields[0]), Number(fields[1]), Number(fields[2]));
    }

    private static SubNetwork ParseMedium(string body, BertConfig config)
    {
        string[] fields = Fields(body, "h", "u");
        return SubNetwork.Medium(config, Numbers(fields[0]), Numbers(fields[1]));
    }

    private static SubNetwork ParseLarge(string body, BertConfig config)
    {
        string[] fields = Fields(body, "h", "u");
        string[] heads = fields[0].Split('/');
        string[] units = fields[1].Split('/');
        if (heads.Length != config.LayerCount || units.Length != config.LayerCount)
        {
            throw new FormatException("one mask a layer");
        }

        return SubNetwork.Large(config, [.. config.Layers.Select((shape, i) => new LayerSelection(Mask(heads[i], shape.Heads), Mask(units[i], shape.Units)))]);
    }

    /// <summary>The values of exactly these fields, each once and in any order.</summary>
    private static string[] Fields(string body, params ReadOnlySpan<string> names)
    {
        string[] parts = body.Split(',');
        var values = new string[names.Length];
        foreach (string part in parts)
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            int index = equals < 0 ? -1 : names.IndexOf(part[..equals].Trim().ToLowerInvariant());
            if (index < 0 || values[index] is not null)
            {
                throw new FormatException($"'{part}' is unknown or repeated");
            }

            values[index] = part[(equals + 1)..].Trim();
        }

        return parts.Length == names.Length ? values : throw new FormatException("a field is missing");
    }

    private static bool Bit(char c) => c switch { '0' => false, '1' => true, _ => throw new FormatException("bits are 0 or 1") };

    private static int[] Numbers(string text) => [.. text.Split('/').Select(Number)];

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static Kept Mask(string hex, int total)
    {
        if (hex.Length == 0)
        {
            throw new FormatException("a mask is empty");
        }

        var mask = new bool[total];
        for (int i = 0; i < 4 * hex.Length; i++)
        {
            int digit = int.Parse(hex.AsSpan(hex.Length - 1 - (i / 4), 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if ((digit >> (i % 4) & 1) != 0)
            {
                mask[i < total ? i : throw new FormatException($"a mask of {total} bits is expected")] = true;
            }
        }

        return Kept.FromMask(mask);
    }

    private static string Hex(Kept kept)
    {
        var digits = new char[(kept.Total / 4) + 1];
        Array.Fill(digits, '0');
        foreach (var group in kept.Indices.GroupBy(index => index / 4))
        {
            digits[^(group.Key + 1)] = "0123456789abcdef"[group.Sum(index => 1 << (index % 4))];
        }

        string hex = new string(digits).TrimStart('0');
        return hex.Length == 0 ? "0" : hex;
    }

    private static string Join(IEnumerable<string> parts) => string.Join('/', parts);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
