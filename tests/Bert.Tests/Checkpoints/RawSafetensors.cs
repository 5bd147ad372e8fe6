using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Endpoints.Bert.Tests.Checkpoints;

/// <summary>Builds safetensors files byte by byte, well-formed or not, apart from the writer under test.</summary>
internal static class RawSafetensors
{
    /// <summary>A file of a header and that many bytes of zeros.</summary>
    public static byte[] File(string header, int dataLength) => File(header, new byte[dataLength]);

    public static byte[] File(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }

    /// <summary>A well-formed file of tensors in one of the types F32, F16, BF16; a value that the type has not is rounded down.</summary>
    public static byte[] File(IEnumerable<NamedTensor> tensors, string type = "F32")
    {
        var entries = new List<string>();
        var data = new List<byte>();
        foreach (NamedTensor tensor in tensors)
        {
            int begin = data.Count;
            data.AddRange(tensor.Values.SelectMany(value => Bytes(value, type)));
            entries.Add(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{{tensor.Name}}":{"dtype":"{{type}}","shape":[{{string.Join(',', tensor.Shape)}}],"data_offsets":[{{begin}},{{data.Count}}]}"""));
        }

        return File("{" + string.Join(',', entries.Select(entry => "\"" + entry)) + "}", [.. data]);
    }

    /// <summary>A value as the type can hold it, read back as float32.</summary>
    public static float Rounded(float value, string type) => type switch
    {
        "F16" => (float)(Half)value,
        "BF16" => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF_0000),
        _ => value,
    };

    private static byte[] Bytes(float value, string type) => type switch
    {
        "F16" => BitConverter.GetBytes((Half)value),
        "BF16" => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)),
        _ => MemoryMarshal.AsBytes([value]).ToArray(),
    };
}
