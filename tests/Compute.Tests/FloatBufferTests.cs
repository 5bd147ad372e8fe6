namespace Endpoints.Compute.Tests;

public sealed unsafe class FloatBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(769)]
    [InlineData(1_000_003)]
    public void Constructor_AnyLength_IsAlignedAndZeroWithRoomPastTheEnd(int length)
    {
        using var buffer = new FloatBuffer(length);
        Assert.Equal(0, (nint)buffer.Pointer % 64);
        Assert.Equal(length, buffer.Span.Length);
        Assert.Equal(-1, new Span<float>(buffer.Pointer, length + 64).IndexOfAnyExcept(0f));
    }

    [Fact]
    public void Constructor_NegativeLength_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new FloatBuffer(-1));

    [Fact]
    public void Dispose_Twice_FreesOnce()
    {
        var buffer = new FloatBuffer(10);
        buffer.Dispose();
        buffer.Dispose();
        Assert.True(buffer.Pointer is null);
    }

    [Fact]
    public void GrowingBuffer_SmallerOrLargerShapes_MovesOnlyToGrow()
    {
        using var growing = new GrowingBuffer();
        MatrixView first = growing.Matrix(10, 20);
        Assert.True(growing.Matrix(20, 10).Data == first.Data && growing.Matrix(3, 3).Data == first.Data);
        MatrixView larger = growing.Matrix(1000, 100);
        Assert.Equal((1000, 100, 100), (larger.Rows, larger.Columns, larger.Stride));
        larger.Row(999)[99] = 1;
        Assert.True(growing.Matrix(10, 20).Data == larger.Data);
    }

    [Fact]
    public void MatrixView_RowsAndFirstColumns_KeepTheStride()
    {
        using var buffer = new FloatBuffer(100);
        var view = new MatrixView(buffer.Pointer, 5, 7, 20);
        Assert.True(view.Row(3) == buffer.Pointer + 60);
        MatrixView narrow = view.FirstColumns(2);
        Assert.Equal((5, 2, 20), (narrow.Rows, narrow.Columns, narrow.Stride));
    }
}
