using System.Runtime.InteropServices;
using Endpoints.Compute;
using Endpoints.Compute.Quantization;

namespace Endpoints.Bert.Checkpoints;

/// <summary>A tensor as a file holds it.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">Its element type in the file's words, for example <c>BF16</c>.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Bytes">Number of bytes.</param>
/// <param name="WriteTo">Writes them.</param>
internal sealed record StoredTensor(string Name, string Type, int[] Shape, long Bytes, Action<Stream> WriteTo)
{
    // A span of bytes is shorter than an array of floats may be, so that large tensors are written in pieces.
    private const int Piece = 1 << 24;

    /// <summary>A model's tensors as a precision stores them: int8 keeps everything but the encoder's linear weights in float32.</summary>
    /// <exception cref="ArgumentException">int8, and a weight is not finite.</exception>
    public static IEnumerable<StoredTensor> Of(BertParameters parameters, Precision precision) => precision switch
    {
        Precision.Float32 => parameters.Tensors().Select(AsFloat32),
        Precision.BFloat16 => parameters.Tensors().Select(AsBFloat16),

        // Bytes last, so that every float stays aligned.
        _ => parameters.Tensors()
            .SelectMany(tensor => QuantizedWeight.Is(tensor.Name) ? QuantizedWeight.Of(tensor).Stored() : [AsFloat32(tensor)])
            .OrderBy(tensor => tensor.Type == QuantizedWeight.ValueType),
    };

    /// <summary>The values as they are.</summary>
    public static StoredTensor AsFloat32(NamedTensor tensor) => new(tensor.Name, "F32", tensor.Shape, SizeOf(tensor, sizeof(float)), stream =>
    {
        foreach (ReadOnlyMemory<float> piece in Pieces(tensor.Values))
        {
            stream.Write(MemoryMarshal.AsBytes(piece.Span));
        }
    });

    private static StoredTensor AsBFloat16(NamedTensor tensor) => new(tensor.Name, "BF16", tensor.Shape, SizeOf(tensor, sizeof(ushort)), stream =>
    {
        var rounded = new ushort[Math.Min(Piece, tensor.Values.Length)];
        foreach (ReadOnlyMemory<float> piece in Pieces(tensor.Values))
        {
            BFloat16.Round(piece.Span, rounded);
            stream.Write(MemoryMarshal.AsBytes(rounded.AsSpan(0, piece.Length)));
        }
    });

    private static IEnumerable<ReadOnlyMemory<float>> Pieces(float[] values)
    {
        for (int start = 0; start < values.Length; start += Piece)
        {
            yield return values.AsMemory(start, Math.Min(Piece, values.Length - start));
        }
    }

    private static long SizeOf(NamedTensor tensor, int elementSize) =>
        tensor.Shape.Aggregate(1L, (product, dimension) => product * dimension) == tensor.Values.Length
            ? (long)tensor.Values.Length * elementSize
            : throw new ArgumentException($"Tensor {tensor.Name} of shape {TensorEntry.Describe(tensor.Shape)} has {tensor.Values.Length} values.", nameof(tensor));
}
