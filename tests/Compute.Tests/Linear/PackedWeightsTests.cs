using Endpoints.Compute.Gemm;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Linear;

public sealed class PackedWeightsTests : IDisposable
{
    private readonly ThreadTeam _team = new(3);

    public static TheoryData<int, int> Shapes => new() { { 1, 1 }, { 2, 33 }, { 7, 32 }, { 64, 100 }, { 255, 31 }, { 256, 64 }, { 257, 40 }, { 771, 5 } };

    public void Dispose() => _team.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void New_BFloat16_HoldsEveryRoundedWeightAtItsPlace(int depth, int columns)
    {
        float[] weight = Values(depth, columns, 1);
        using var packed = new PackedWeights(Precision.BFloat16, depth, columns, weight);
        ushort[] found = Contents(packed);
        for (int column = 0; column < PackedMatrix.PanelCount(columns) * PackedMatrix.PanelWidth; column++)
        {
            for (int k = 0; k < 2 * ((depth + 1) / 2); k++)
            {
                float expected = column < columns && k < depth ? RoundedMatrix.BFloat16(weight[(column * depth) + k]) : 0;
                int panel = column / 32, place = (((panel * ((depth + 1) / 2)) + (k / 2)) * 64) + (2 * (column % 32)) + (k % 2);
                Assert.True(expected == BitConverter.UInt32BitsToSingle((uint)found[place] << 16), $"output {column}, input {k} of {columns} × {depth}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Repack_ChangedWeight_SameAsPackedAnew(int depth, int columns)
    {
        using PackedWeights again = PackedWeights.BFloat16Room(depth, columns);
        again.Repack(_team, Values(depth, columns, 1));
        again.Repack(_team, Values(depth, columns, 2));
        using var anew = new PackedWeights(Precision.BFloat16, depth, columns, Values(depth, columns, 2));
        Assert.Equal(Contents(anew), Contents(again));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void RepackTransposed_ChangedWeight_SameAsItsTransposePacked(int depth, int columns)
    {
        float[] weight = Values(depth, columns, 3);
        float[] transposed = [.. Enumerable.Range(0, weight.Length).Select(i => weight[(i % columns * depth) + (i / columns)])];
        using PackedWeights again = PackedWeights.BFloat16Room(depth, columns);
        again.RepackTransposed(_team, Values(depth, columns, 4));
        again.RepackTransposed(_team, transposed);
        using var anew = new PackedWeights(Precision.BFloat16, depth, columns, weight);
        Assert.Equal(Contents(anew), Contents(again));
    }

    [Fact]
    public void Repack_WhatDoesNotFit_IsRefused()
    {
        using PackedWeights room = PackedWeights.BFloat16Room(3, 4);
        using var bytes = new PackedWeights(Precision.Int8, 3, 4, new float[12]);
        using var floats = new PackedWeights(Precision.Float32, 3, 4, new float[12]);
        Assert.Contains("12", Assert.Throws<ArgumentException>(() => room.Repack(_team, new float[11])).Message, StringComparison.Ordinal);
        Assert.Contains("11", Assert.Throws<ArgumentException>(() => room.RepackTransposed(_team, new float[11])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => bytes.Repack(_team, new float[12]));
        Assert.Throws<InvalidOperationException>(() => floats.RepackTransposed(_team, new float[12]));
    }

    private static float[] Values(int depth, int columns, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, depth * columns).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    private static unsafe ushort[] Contents(PackedWeights packed) => new ReadOnlySpan<ushort>(packed.Panel(0), checked((int)packed.Bytes / sizeof(ushort))).ToArray();
}
