using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Output;

public sealed class StagesCsvTests
{
    [Fact]
    public void Rows_Stages_KeepOutcomesApart()
    {
        string[][] rows = [.. StagesCsv.Rows(Sample.BaseAndPruned()).Select(row => row.TrimEnd().Split(','))];

        Assert.Equal(9, rows.Length);
        Assert.All(rows, row => Assert.Equal(76, row.Length));
        Dictionary<string, string> third = rows[0].Zip(rows[3]).ToDictionary(cell => cell.First, cell => cell.Second);
        Assert.Equal(("base", "15", "1210", "100"), (third["target"], third["users"], third["ok"], third["throttled"]));
        Assert.Equal(("80", "2.5", ""), (third["ok p95 ms"], third["throttled p95 ms"], third["wrong p95 ms"]));
        Assert.Equal("151.25", third["ok/s"]);
    }
}
