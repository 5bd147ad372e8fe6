using System.Diagnostics.CodeAnalysis;

namespace Endpoints.Compute;

/// <summary>The one spelling of each <see cref="Precision"/>, in options, files, logs and metrics.</summary>
public static class PrecisionName
{
    /// <summary>The word that leaves the choice to <see cref="PrecisionSupport.Default"/>.</summary>
    public const string Auto = "auto";

    /// <summary>The three names, for messages.</summary>
    public const string All = "float32, bfloat16 or int8";

    /// <summary>The three names and <see cref="Auto"/>, for messages.</summary>
    public const string AllOrAuto = "float32, bfloat16, int8 or auto";

    /// <summary><c>float32</c>, <c>bfloat16</c> or <c>int8</c>.</summary>
    public static string Of(Precision precision) => precision switch
    {
        Precision.Float32 => "float32",
        Precision.BFloat16 => "bfloat16",
        Precision.Int8 => "int8",
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, null),
    };

    /// <summary>The precision of this exact name; false where it is another word.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out Precision precision)
    {
        foreach (Precision each in Enum.GetValues<Precision>())
        {
            if (name == Of(each))
            {
                precision = each;
                return true;
            }
        }

        precision = default;
        return false;
    }

    /// <summary>The precision of this name.</summary>
    /// <exception cref="FormatException">It is another word; the message lists the three.</exception>
    public static Precision Parse(string name) =>
        TryParse(name, out Precision precision) ? precision : throw new FormatException($"'{name}' is no precision: expected {All}.");

    /// <summary>True for a name, and for <see cref="Auto"/>.</summary>
    public static bool IsChoice([NotNullWhen(true)] string? text) => text == Auto || TryParse(text, out _);

    /// <summary>The same text, if it is a name or <see cref="Auto"/>.</summary>
    /// <exception cref="FormatException">It is another word; the message lists the three and <see cref="Auto"/>.</exception>
    public static string RequireChoice(string text) =>
        IsChoice(text) ? text : throw new FormatException($"'{text}' is no precision: expected {AllOrAuto}.");

    /// <summary>The precision of this name, or <see cref="PrecisionSupport.Default"/> for <see cref="Auto"/>.</summary>
    /// <param name="text">A name or <see cref="Auto"/>.</param>
    /// <param name="headSize">Of the model that is to run: heads of an odd size run in float32 only, and so <see cref="Auto"/> is that.</param>
    /// <exception cref="FormatException">It is another word; the message lists the three and <see cref="Auto"/>.</exception>
    public static Precision Choose(string text, int headSize) =>
        TryParse(RequireChoice(text), out Precision precision) ? precision
        : headSize % 2 == 0 ? PrecisionSupport.Default
        : Precision.Float32;
}
