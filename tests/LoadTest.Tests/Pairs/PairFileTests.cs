using Endpoints.LoadTest.Pairs;
using Endpoints.Tests;

namespace Endpoints.LoadTest.Tests.Pairs;

public sealed class PairFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_GlueTable_TakesTextsAndLabel()
    {
        string path = Write("rte.tsv", "index\tsentence1\tsentence2\tlabel\n7\tA \"quote\".\tB\tentailment\r\n8\tC\tD\t\n");

        Assert.Equal([new LoadPair("A \"quote\".", "B", "entailment"), new LoadPair("C", "D")], PairFile.Read(path));
    }

    [Theory]
    [InlineData("hypothesis\tpremise\tgold_label\nb\ta\t1\n", "1")]
    [InlineData("pair_ID\tsentence_A\tsentence_B\tentailment_judgment\n4\ta\tb\tNEUTRAL\n", "NEUTRAL")]
    [InlineData("question\tsentence\na\tb\n", null)]
    [InlineData("Premise\tHypothesis\tLabel\na\tb\t-\n", null)]
    public void Read_OtherNames_AreKnown(string text, string? label) =>
        Assert.Equal([new LoadPair("a", "b", label)], PairFile.Read(Write("pairs.tsv", text)));

    [Fact]
    public void Read_JsonLines_TakesTextsAndLabelOfAnyKind()
    {
        string path = Write("pairs.jsonl", """
            {"sentence1":"a","sentence2":"b","label":"yes"}

            {"premise":"c\n","hypothesis":"d","label":1}
            {"premise":"e","hypothesis":"f","label":null}
            """);

        Assert.Equal([new LoadPair("a", "b", "yes"), new LoadPair("c\n", "d", "1"), new LoadPair("e", "f")], PairFile.Read(path));
    }

    [Theory]
    [InlineData("a.tsv", "x\ty\n1\t2\n", "names the columns x, y")]
    [InlineData("a.tsv", "premise\thypothesis\na\tb\nonly one\n", "line 3: 1 cells, but the header names 2 columns")]
    [InlineData("a.tsv", "premise\thypothesis\n", "holds no pairs")]
    [InlineData("a.tsv", "", "holds no pairs")]
    [InlineData("a.jsonl", "{\"premise\":\"a\",\"hypothesis\":\"b\"}\n{\"premise\":\n", "line 2 is not JSON")]
    [InlineData("a.jsonl", "[1]\n", "line 1: expected an object with two texts")]
    [InlineData("a.jsonl", "{\"premise\":\"a\",\"hypothesis\":5}\n", "line 1: 'hypothesis' is Number, expected text")]
    [InlineData("a.parquet", "PAR1", "is not a pairs file")]
    public void Read_BadFile_NamesFileAndPlace(string name, string text, string expected)
    {
        string path = Write(name, text);

        string message = Assert.Throws<LoadTestException>(() => PairFile.Read(path)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() =>
        Assert.Contains("cannot be read", Assert.Throws<LoadTestException>(() => PairFile.Read(_folder.File("none.tsv"))).Message, StringComparison.Ordinal);

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }
}
