using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Support;

namespace Endpoints.Compute.Tests.Gemm;

public sealed unsafe class PackedMatrixTests
{
    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 31)]
    [InlineData(33, 33)]
    [InlineData(17, 100)]
    public void Pack_AMatrixAndItsTranspose_LieInTheSamePanels(int depth, int columns)
    {
        float[] values = [.. Enumerable.Range(1, depth * columns).Select(i => (float)i)];
        float[] transposed = [.. Enumerable.Range(0, depth * columns).Select(i => values[(i % depth * columns) + (i / depth)])];
        using PackedMatrix direct = new(depth, columns), turned = new(depth, columns);
        direct.Pack(values);
        turned.PackTransposed(transposed);
        for (int i = 0; i < PackedMatrix.PanelCount(columns) * 32 * depth; i++)
        {
            int column = (i / (32 * depth) * 32) + (i % 32), k = i / 32 % depth;
            float expected = column < columns ? values[(k * columns) + column] : 0f;
            Assert.Equal(expected, direct.View.Data[i]);
            Assert.Equal(expected, turned.View.Data[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void PanelTranspose_AnyRowsAndDepth_ExchangesThemAndFillsUpWithZeros(SimdPath path)
    {
        foreach (int depth in Cases.Widths)
        {
            for (int rows = 1; rows <= PackedMatrix.PanelWidth; rows++)
            {
                using TestMatrix source = TestMatrix.Random(new Random(rows), rows, depth, gap: rows % 3, offset: depth % 4), panel = new(depth, PackedMatrix.PanelWidth, offset: 1);
                new Span<float>(panel.Data, depth * PackedMatrix.PanelWidth).Fill(float.NaN);
                PanelTranspose.Run(source.Data, source.View.Stride, rows, depth, panel.Data, path);
                for (int i = 0; i < depth * PackedMatrix.PanelWidth; i++)
                {
                    int row = i % PackedMatrix.PanelWidth, k = i / PackedMatrix.PanelWidth;
                    float expected = row < rows ? source[row, k] : 0f;
                    if (BitConverter.SingleToInt32Bits(panel[k, row]) != BitConverter.SingleToInt32Bits(expected))
                    {
                        Assert.Fail($"{path}, {rows} × {depth}: [{k}, {row}] is {panel[k, row]}, expected {expected}.");
                    }
                }

                panel.CheckGuards();
            }
        }
    }

    [Fact]
    public void Pack_PanelByPanel_EqualsTheWhole()
    {
        float[] values = [.. Enumerable.Range(0, 9 * 70).Select(i => (float)i)];
        using PackedMatrix whole = new(9, 70), parts = new(9, 70), turned = new(9, 70), turnedParts = new(9, 70);
        whole.Pack(values);
        turned.PackTransposed(values);
        for (int panel = 0; panel < 3; panel++)
        {
            parts.Pack(values, panel, panel + 1);
            turnedParts.PackTransposed(values, panel, panel + 1);
        }

        Assert.True(Floats(whole).SequenceEqual(Floats(parts)));
        Assert.True(Floats(turned).SequenceEqual(Floats(turnedParts)));
    }

    [Fact]
    public void Pack_WrongNumberOfValues_SaysBoth()
    {
        using var matrix = new PackedMatrix(3, 4);
        Assert.Contains("3 × 4 = 12 values are expected, 11 were given", Assert.Throws<ArgumentException>(() => matrix.Pack(new float[11])).Message, StringComparison.Ordinal);
        Assert.Contains("13 were given", Assert.Throws<ArgumentException>(() => matrix.PackTransposed(new float[13])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prefix_LargerThanTheMatrix_IsRefused()
    {
        using var matrix = new PackedMatrix(3, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Prefix(4, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Prefix(3, 5));
    }

    [Fact]
    public void Bytes_PartOfAPanel_CountsWholePanels()
    {
        using var matrix = new PackedMatrix(10, 33);
        Assert.Equal(2 * 32 * 10 * sizeof(float), matrix.Bytes);
    }

    private static Span<float> Floats(PackedMatrix matrix) => new(matrix.View.Data, (int)(matrix.Bytes / sizeof(float)));
}
