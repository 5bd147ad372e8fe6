using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Tables;

namespace Endpoints.Tests.Pruning.Tasks.Tables;

public sealed class TableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Tsv_TakesQuotationMarksAsTheyAre()
    {
        Table table = Read("a.tsv", "text\tlabel\n\"Yes\", she said\tone\r\nno \"end\tzero\n");

        Assert.Equal(["text", "label"], table.Columns);
        Assert.Equal([["\"Yes\", she said", "one"], ["no \"end", "zero"]], table.Rows.Select(row => row.Fields));
        Assert.Equal([2, 3], table.Rows.Select(row => row.Line));
    }

    [Fact]
    public void Read_TsvWithoutHeader_TakesTheNamesGiven()
    {
        Table table = Table.Read(Write("a.tsv", "one\t1\ntwo\t2\n"), ["text", "label"]);

        Assert.Equal(1, table.IndexOf("label"));
        Assert.Equal([1, 2], table.Rows.Select(row => row.Line));
    }

    [Fact]
    public void Read_ByteOrderMark_IsNoPartOfTheHeader()
    {
        string path = _folder.File("a.tsv");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. "text\tlabel\na\tb\n"u8]);

        Assert.Equal(0, Table.Read(path, []).IndexOf("text"));
    }

    [Fact]
    public void Read_Csv_UnderstandsQuotedFields()
    {
        Table table = Read("a.csv", "text,label\r\n\"a, \"\"b\"\"\nand c\",1\r\n,2\r\n\"\",3");

        Assert.Equal([["a, \"b\"\nand c", "1"], ["", "2"], ["", "3"]], table.Rows.Select(row => row.Fields));
        Assert.Equal([2, 4, 5], table.Rows.Select(row => row.Line));
    }

    [Fact]
    public void Read_JsonLines_TakesColumnsByName()
    {
        Table table = Read("a.jsonl", """
            {"text": "a\tb", "label": 1}

            {"label": 0.5, "more": [], "text": "c"}
            """);

        Assert.Equal(["text", "label"], table.Columns);
        Assert.Equal([["a\tb", "1"], ["c", "0.5"]], table.Rows.Select(row => row.Fields));
        Assert.Equal([1, 3], table.Rows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("a.tsv", "text\tpair\tlabel\na\tb\tc\na\tb\n", "line 3: expected 3 fields (text, pair, label), found 2.")]
    [InlineData("a.csv", "text,label\n\"a\nb\",c,d\n", "line 2: expected 2 fields (text, label), found 3.")]
    [InlineData("a.csv", "text,label\nx,y\n\"a,b\n", "line 3: expected a closing quotation mark")]
    [InlineData("a.csv", "text,label\n\"a\"b,c\n", "line 2: expected a comma or the end of the line after a closing quotation mark, found 'b'.")]
    [InlineData("a.csv", "text,label\na \"b\",c\n", "line 2: expected no quotation mark inside the unquoted field a \"b\".")]
    [InlineData("a.jsonl", "{\"text\": \"a\"}\n[1]\n", "line 2: expected a JSON object, found an array.")]
    [InlineData("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \n", "line 2: expected a JSON object, found text that is no JSON")]
    [InlineData("a.jsonl", "{\"text\": \"a\"}\n{\"tekst\": \"a\"}\n", "line 2: expected the member 'text', as line 1 has it, found tekst.")]
    [InlineData("a.jsonl", "{\"text\": null}\n", "line 1: expected text or a number in 'text', found null.")]
    [InlineData("a.tsv", "", "is empty: a header line")]
    [InlineData("a.csv", "", "is empty: a header line")]
    [InlineData("a.jsonl", "\n", "is empty: a JSON object")]
    [InlineData("a.xls", "text\na\n", "has the extension '.xls': a table is a .tsv (or .txt), .csv or .jsonl file.")]
    [InlineData("a.jsonl", "\n{\"text\": \"a\"}\n{\"b\": 1}\n", "line 3: expected the member 'text', as line 2 has it, found b.")]
    public void Read_BrokenFile_SaysWhereAndWhatWasExpected(string name, string content, string expected)
    {
        var error = Assert.Throws<TaskException>(() => Read(name, content));
        Assert.Contains(_folder.File(name), error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_JsonLinesOfWhichSomeColumnsAreUsed_TakesAnythingInTheOthers()
    {
        string path = Write("a.jsonl", """
            {"id": null, "text": "a", "tags": []}
            {"text": "b", "id": {"x": 1}}
            """);
        Assert.Equal([["", "a", ""], ["", "b", ""]], Table.Read(path, [], used: ["text"]).Rows.Select(row => row.Fields));
    }

    [Fact]
    public void Read_IncompleteRowsLeftOut_AreCounted()
    {
        Table table = Table.Read(Write("a.tsv", "text\tlabel\na\t1\nb\nc\t2\t3\n"), [], leaveOutIncomplete: true);
        Assert.Equal(2, table.LeftOut);
        Assert.Equal([["a", "1"]], table.Rows.Select(row => row.Fields));
    }

    [Fact]
    public void Read_NotUtf8_SaysSo()
    {
        string path = _folder.File("a.tsv");
        File.WriteAllBytes(path, [.. "text\n"u8, 0xE9, 0x20, (byte)'\n']);
        Assert.Contains("not UTF-8", Assert.Throws<TaskException>(() => Table.Read(path, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_SaysWhatToDo()
    {
        var error = Assert.Throws<TaskException>(() => Table.Read(_folder.File("none.tsv"), []));
        Assert.Contains("does not exist: put the file there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IndexOf_UnknownColumn_ListsTheColumns()
    {
        Table table = Read("a.tsv", "text\tlabel\na\tb\n");
        var error = Assert.Throws<TaskException>(() => table.IndexOf("sentence1"));
        Assert.EndsWith("has no column 'sentence1': it has text, label.", error.Message, StringComparison.Ordinal);
    }

    private Table Read(string name, string content) => Table.Read(Write(name, content), []);

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder.File(name), content);
        return _folder.File(name);
    }
}
