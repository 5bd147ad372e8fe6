using System.Text.Json;
using Endpoints.Bert.Checkpoints;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    private const string OneTensor = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    private static readonly NamedTensor[] Tensors =
    [
        new("b", [2, 3], [1, -2, 3.5f, 0, float.PositiveInfinity, -0f]),
        new("empty", [0, 4], []),
        new("a.\"ü\"", [1], [1e-40f]),
    ];

    private readonly TemporaryFolder _folder = new();

    /// <summary>Name, file, and what the one sentence must say after the file's path.</summary>
    public static TheoryData<string, byte[], string[]> Malformed => new()
    {
        { "empty file", [], ["starts with an 8-byte header length", "found 0 bytes"] },
        { "truncated length", [1, 2, 3], ["found 3 bytes"] },
        {
            "truncated header",
            RawSafetensors.File(OneTensor, 8)[..30],
            ["expected a header of at most 22 bytes", "found a header length of 54", "truncated"]
        },
        { "absurd header length", [255, 255, 255, 255, 255, 255, 255, 255, 1], ["found a header length of 18446744073709551615"] },
        { "another format", [.. "PK\u0003\u0004 a zip file of pickles"u8], ["not a safetensors file"] },
        { "no JSON", RawSafetensors.File("{\"a\":", 0), ["header: not valid JSON"] },
        { "a list", RawSafetensors.File("[1]", 0), ["header: expected a JSON object, found [1]"] },
        {
            "broken UTF-8",
            RawSafetensors.File("{\"a\":1}", 0).Select(value => value == 'a' ? (byte)0xFF : value).ToArray(),
            ["header: not valid JSON"]
        },
        {
            "half a surrogate pair",
            RawSafetensors.File("""{"\ud800":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4),
            ["header: not valid JSON"]
        },
        { "duplicate name", RawSafetensors.File(OneTensor[..^1] + "," + OneTensor[1..], 8), ["header: not valid JSON", "'a'"] },
        {
            "no object",
            RawSafetensors.File("""{"a":3}""", 0),
            ["tensor a: expected an object with dtype, shape and data_offsets, found 3"]
        },
        {
            "no dtype",
            RawSafetensors.File("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4),
            ["tensor a: expected \"dtype\" to be a string, found nothing"]
        },
        {
            "negative shape",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4),
            ["tensor a: expected \"shape\" to be a list of whole numbers from 0, found [-1]"]
        },
        {
            "fraction in shape",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4),
            ["tensor a: expected \"shape\"", "found [1.5]"]
        },
        {
            "no offsets",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[1]}}""", 4),
            ["tensor a: expected \"data_offsets\" to be a list of whole numbers from 0, found nothing"]
        },
        {
            "three offsets",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4),
            ["tensor a: expected \"data_offsets\" to be a begin and an end", "found [0,4,8]"]
        },
        {
            "end before begin",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4),
            ["tensor a: expected \"data_offsets\"", "found [4,0]"]
        },
        { "truncated data", RawSafetensors.File(OneTensor, 7), ["tensor a: expected to end by byte 7", "found end 8", "truncated"] },
        {
            "end beyond 64 bits of floats",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}""", 4),
            ["tensor a: expected to end by byte 4"]
        },
        {
            "wrong length for its shape",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8),
            ["tensor a: expected 12 bytes for F32 [3], found 8"]
        },
        {
            "wrong length for its type",
            RawSafetensors.File("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}}""", 8),
            ["tensor a: expected 4 bytes for BF16 [2], found 8"]
        },
        {
            "bytes for an empty shape",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[0,2],"data_offsets":[0,8]}}""", 8),
            ["tensor a: expected 0 bytes for F32 [0, 2], found 8"]
        },
        {
            "shape that overflows",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0),
            ["tensor a: expected 7.37", "found 0"]
        },
        {
            "overlap",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8),
            ["tensor b: expected to begin at byte 8, where a ends, found 4: the two overlap"]
        },
        {
            "gap",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12),
            ["tensor b: expected to begin at byte 4, where a ends, found 8: the bytes between belong to no tensor"]
        },
        {
            "gap at the start",
            RawSafetensors.File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8),
            ["tensor a: expected to begin at byte 0, where the data begins, found 4"]
        },
        { "bytes after the last", RawSafetensors.File(OneTensor, 9), ["expected 8 bytes of tensors by its header, found 9"] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Open_MalformedFile_SaysWhatWasExpectedAndFound(string name, byte[] bytes, string[] parts)
    {
        string path = _folder.File($"{name}.safetensors");
        File.WriteAllBytes(path, bytes);
        var exception = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path).Dispose());
        Sentence.Assert(exception.Message, [path, .. parts]);
    }

    [Fact]
    public void Open_MissingFileOrFolder_SaysSo()
    {
        Sentence.Assert(Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(_folder.File("none"))).Message, [_folder.File("none"), "is missing"]);
        Sentence.Assert(Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(_folder.Path)).Message, [_folder.Path, "cannot be read"]);
    }

    [Fact]
    public void Open_AnyFlippedByte_EitherReadsOrIsRefused()
    {
        byte[] good = RawSafetensors.File([new("layer.weight", [2, 3], [1, 2, 3, 4, 5, 6]), new("layer.bias", [30], new float[30])]);
        var random = new Random(8);
        int refused = 0;
        for (int i = 0; i < 1_000; i++)
        {
            byte[] bad = [.. good[..(i % 3 == 0 ? random.Next(good.Length) : good.Length)]];
            for (int flips = random.Next(3); flips >= 0 && bad.Length > 0; flips--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            string path = _folder.File("fuzz");
            File.WriteAllBytes(path, bad);
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                Assert.All(file.Tensors.Values, entry => Assert.Equal(entry.End - entry.Begin, file.Bytes(entry).Length));
            }
            catch (CheckpointException exception)
            {
                refused++;
                Sentence.Assert(exception.Message, [path]);
            }
        }

        Assert.InRange(refused, 300, 990);
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Read_EachFloatType_GivesItsValuesAsFloat32(string type)
    {
        var values = new float[1_003];
        var random = new Random(9);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 4)));
        }

        // A name of odd length leaves the data at an odd address.
        string path = _folder.File("model.safetensors");
        File.WriteAllBytes(path, RawSafetensors.File([new("x", [3], [1, 2, 3]), new("odd", [17, 59], values)], type));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        var read = new float[values.Length];
        file.Read(file.Tensors["odd"], read);
        Assert.Equal(values.Select(value => RawSafetensors.Rounded(value, type)), read);
    }

    [Fact]
    public void Write_ThenOpen_RestoresNamesShapesAndBits()
    {
        string path = _folder.File("model.safetensors");
        SafetensorsWriter.Write(path, Tensors.Select(StoredTensor.AsFloat32));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(Tensors.Select(tensor => tensor.Name), file.Tensors.Keys);
        foreach (NamedTensor tensor in Tensors)
        {
            TensorEntry entry = file.Tensors[tensor.Name];
            var read = new float[tensor.Values.Length];
            file.Read(entry, read);
            Assert.Equal("F32", entry.Type);
            Assert.Equal(tensor.Shape.Select(dimension => (long)dimension), entry.Shape);
            Assert.Equal(tensor.Values.Select(BitConverter.SingleToInt32Bits), read.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void Write_Header_IsPaddedTo8BytesAndNamesTheFormat()
    {
        for (int length = 1; length <= 9; length++)
        {
            string path = _folder.File("model.safetensors");
            SafetensorsWriter.Write(path, [StoredTensor.AsFloat32(new(new string('n', length), [1], [1]))]);
            byte[] bytes = File.ReadAllBytes(path);
            int header = (int)BitConverter.ToInt64(bytes);
            Assert.Equal(0, header % 8);
            Assert.Equal(8 + header + 4, bytes.Length);
            using var json = JsonDocument.Parse(bytes.AsMemory(8, header));
            Assert.Equal("pt", json.RootElement.GetProperty("__metadata__").GetProperty("format").GetString());
        }
    }

    [Fact]
    public void Write_TensorThatCannotBeWritten_LeavesTheOldFileAndNoOther()
    {
        string path = _folder.File("model.safetensors");
        SafetensorsWriter.Write(path, Tensors.Select(StoredTensor.AsFloat32));
        byte[] before = File.ReadAllBytes(path);
        Assert.Contains("b of shape [2]", Assert.Throws<ArgumentException>(() => StoredTensor.AsFloat32(new("b", [2], [1]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, new[] { Tensors[0], Tensors[0] }.Select(StoredTensor.AsFloat32)));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();
}
