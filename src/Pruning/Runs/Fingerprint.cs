using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Runs;

/// <summary>Short names for large things: the first 16 hexadecimal digits of a SHA-256 over their contents.</summary>
public static class Fingerprint
{
    /// <summary>Of weights: names, shapes and values of every tensor.</summary>
    public static string Of(BertParameters parameters) => Of(parameters.Tensors());

    /// <summary>Of tensors: their names, shapes and values.</summary>
    internal static string Of(IEnumerable<NamedTensor> tensors) => Of(hash =>
    {
        foreach (NamedTensor tensor in tensors)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{tensor.Name} {string.Join('x', tensor.Shape)}\n"));
            hash.AppendData(MemoryMarshal.AsBytes<float>(tensor.Values));
        }
    });

    /// <summary>Of examples: tokens, types and targets of every one, in their order.</summary>
    public static string Of(LabelledEncodings examples) => Of(examples.Encodings, examples.Targets);

    /// <summary>Of sequences and targets.</summary>
    internal static string Of(IEnumerable<Encoding> sequences, ReadOnlySpan<float> targets)
    {
        float[] values = targets.ToArray();
        return Of(hash =>
        {
            foreach (Encoding encoding in sequences)
            {
                hash.AppendData(BitConverter.GetBytes(encoding.Ids.Length));
                hash.AppendData(MemoryMarshal.AsBytes<int>(encoding.Ids));
                hash.AppendData(MemoryMarshal.AsBytes<int>(encoding.TypeIds));
            }

            hash.AppendData(MemoryMarshal.AsBytes<float>(values));
        });
    }

    private static string Of(Action<IncrementalHash> append)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        append(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
