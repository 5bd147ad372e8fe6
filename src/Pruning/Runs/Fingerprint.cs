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
    public static string Of(BertParameters parameters) => Of(hash =>
    {
        foreach (NamedTensor tensor in parameters.Tensors())
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{tensor.Name} {string.Join('x', tensor.Shape)}\n"));
            hash.AppendData(MemoryMarshal.AsBytes<float>(tensor.Values));
        }
    });

    /// <summary>Of examples: tokens, types and targets of every one, in their order.</summary>
    public static string Of(LabelledEncodings examples) => Of(hash =>
    {
        foreach (Encoding encoding in examples.Encodings)
        {
            hash.AppendData(BitConverter.GetBytes(encoding.Ids.Length));
            hash.AppendData(MemoryMarshal.AsBytes<int>(encoding.Ids));
            hash.AppendData(MemoryMarshal.AsBytes<int>(encoding.TypeIds));
        }

        hash.AppendData(MemoryMarshal.AsBytes(examples.Targets));
    });

    private static string Of(Action<IncrementalHash> append)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        append(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
