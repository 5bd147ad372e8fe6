namespace Endpoints.Compute;

/// <summary>The number format that large products run in. Sums are float32 (int8: exact 32-bit integers), whatever the format.</summary>
public enum Precision
{
    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>Weights and activations rounded to bfloat16 (8 bits of mantissa): half the memory, twice the arithmetic rate where the processor has it.</summary>
    BFloat16,

    /// <summary>Weights of 8 bits with a scale for each output, activations of 8 bits with a scale for each token, chosen as it comes.</summary>
    Int8,
}
