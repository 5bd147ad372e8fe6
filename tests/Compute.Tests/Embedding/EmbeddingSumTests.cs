using Endpoints.Compute.Embedding;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Embedding;

public sealed unsafe class EmbeddingSumTests
{
    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_AwkwardWidths_AddsThePickedRows(SimdPath path)
    {
        using var team = new ThreadTeam(2);
        foreach (int width in Cases.Widths)
        {
            var batch = new Batch(new Random(width), rows: 1 + (width % 40), width);
            using TestMatrix y = new(batch.Rows, width, gap: width % 3, offset: width % 2);
            batch.Forward(team, y, path);
            var expected = new double[batch.Rows, width];
            batch.ForEach((table, output, picked, column) => expected[output, column] += batch.Tables[table][picked, column]);
            Near.Check(expected, y, 1e-6, 0, $"{path}, width {width}");
            y.CheckGuards();
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Backward_RepeatedRows_CollectEveryGradient(SimdPath path)
    {
        using var team = new ThreadTeam(2);
        foreach (int width in Cases.Widths)
        {
            var random = new Random(width);
            var batch = new Batch(random, rows: 30, width);
            using TestMatrix dy = TestMatrix.Random(random, 30, width, gap: width % 3);
            double[][,] expected = [.. batch.Tables.Select(table => table.ToDouble())];
            batch.ForEach((table, output, picked, column) => expected[table][picked, column] += dy[output, column]);
            batch.Backward(team, dy, path);
            for (int table = 0; table < 3; table++)
            {
                Near.Check(expected[table], batch.Tables[table], 1e-5, 0, $"{path}, width {width}, table {table}");
                batch.Tables[table].CheckGuards();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void ForwardAndBackward_TeamsOfOneToThree_GiveTheSameBits(SimdPath path) => Cases.OnEveryTeam(team =>
    {
        var batch = new Batch(new Random(1), rows: 70, width: 33);
        using var y = new TestMatrix(70, 33);
        batch.Forward(team, y, path);
        batch.Backward(team, y, path);
        return [.. y.Bits(), .. batch.Tables.SelectMany(table => table.Bits())];
    });

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_NaNInATable_ReachesTheRowsThatPickIt(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        var batch = new Batch(new Random(5), rows: 25, width: 19);
        batch.Tables[1][2, 18] = float.NaN;
        using var y = new TestMatrix(25, 19);
        batch.Forward(team, y, path);
        for (int row = 0; row < 25; row++)
        {
            Assert.Equal(batch.Ids[1][row] == 2, float.IsNaN(y[row, 18]));
            Assert.False(float.IsNaN(y[row, 17]));
        }
    }

    /// <summary>Three tables and the rows that a batch picks from them.</summary>
    private sealed class Batch
    {
        public Batch(Random random, int rows, int width)
        {
            Rows = rows;
            Tables = [TestMatrix.Random(random, 11, width), TestMatrix.Random(random, 5, width), TestMatrix.Random(random, 2, width)];
            Ids = [.. Tables.Select(table => Enumerable.Range(0, rows).Select(_ => random.Next(table.Rows)).ToArray())];
        }

        public int Rows { get; }

        public TestMatrix[] Tables { get; }

        public int[][] Ids { get; }

        public void ForEach(Action<int, int, int, int> visit)
        {
            for (int i = 0; i < 3 * Rows * Tables[0].Columns; i++)
            {
                int table = i % 3, output = i / 3 % Rows;
                visit(table, output, Ids[table][output], i / (3 * Rows));
            }
        }

        public void Forward(ThreadTeam team, TestMatrix y, SimdPath path)
        {
            fixed (int* a = Ids[0], b = Ids[1], c = Ids[2])
            {
                EmbeddingSum.Forward(team, new(Tables[0].Data, a), new(Tables[1].Data, b), new(Tables[2].Data, c), y.View, path);
            }
        }

        public void Backward(ThreadTeam team, TestMatrix dy, SimdPath path)
        {
            fixed (int* a = Ids[0], b = Ids[1], c = Ids[2])
            {
                EmbeddingSum.Backward(team, new(Tables[0].Data, a), new(Tables[1].Data, b), new(Tables[2].Data, c), dy.View, path);
            }
        }
    }
}
