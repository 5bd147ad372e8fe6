namespace Endpoints.Compute.Linear;

/// <summary>Values are handled in groups of 32 bits: what one lane of a dot-product instruction takes.</summary>
internal static class Groups
{
    public const int Bytes = 4;

    /// <summary>Values in a group.</summary>
    public static int Size(Precision precision) => precision switch
    {
        Precision.BFloat16 => 2,
        Precision.Int8 => 4,
        _ => 1,
    };

    /// <summary>Groups that hold a number of values.</summary>
    public static int Count(Precision precision, int values) => (values + Size(precision) - 1) / Size(precision);
}
