using Endpoints.Bert.Multitask;
using Endpoints.Pruning.Multitask;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Tests.Multitask;

public sealed class MultitaskSetFileTests
{
    [Fact]
    public void Find_File_GivesHeadsTablesAndMetrics()
    {
        using var files = new ThreeTasks();
        MultitaskSet set = files.Set;
        Assert.Equal(("three", "mood"), (set.Name, set.EpochTask));
        Assert.Equal([HeadKind.Classification, HeadKind.SiameseConcatenation, HeadKind.SiameseCosine], set.Tasks.Select(task => task.Head.Kind));
        Assert.Equal(["bad", "good", "fair"], set.Tasks[0].Head.Labels.AsEnumerable());
        Assert.Equal(["accuracy", "accuracy", "pearson"], set.Tasks.Select(task => task.Definition.MetricName));
        Assert.Equal([null, 4, null], set.Tasks.Select(task => task.BatchSize));
    }

    [Fact]
    public void Find_Nothing_GivesTheReportsTasks()
    {
        MultitaskSet set = MultitaskSet.Find(null);
        Assert.Equal(["sentiment", "paraphrase", "similarity"], set.Tasks.Select(task => task.Head.Name));
        Assert.Equal(["sst-5", "qqp", "sts-b"], set.Tasks.Select(task => task.Folder));
        Assert.Equal([5, 1, 1], set.Tasks.Select(task => task.Head.OutputsPerExample));
        Assert.Equal(5, set.Tasks[2].Head.Scale);
        Assert.Equal("sentiment", set.EpochTask);
        Assert.Equal(["accuracy", "accuracy", "pearson"], set.Tasks.Select(task => task.Definition.MetricName));
        Assert.Equal(["f1_macro"], set.Tasks[0].FurtherMetrics.Select(metric => metric.Name));
        Assert.Equal([false, true, false], set.Tasks.Select(task => task.Definition.LeavesOutIncomplete));
        Assert.Equal(["dev.tsv", null, "dev.tsv"], set.Tasks.Select(task => task.Definition.Files.Validation));
    }

    [Theory]
    [InlineData("\"epoch\": \"mood\"", "\"epoch\": \"mud\"", "\"epoch\" to be one of the heads mood, same, alike, found 'mud'")]
    [InlineData("\"classification\"", "\"linear\"", "siamese_concatenation or siamese_cosine, found 'linear'")]
    [InlineData("\"classification\"", "\"siamese_concatenation\"", "two labels")]
    [InlineData("\"pair\": \"b\", \"label\": \"same\"", "\"label\": \"same\"", "takes two texts, and its table 'pairs' has one")]
    [InlineData("\"siamese_concatenation\"", "\"siamese_cosine\"", "no labels")]
    [InlineData("\"head\": \"same\"", "\"head\": \"mood\"", "no two of one name")]
    [InlineData("\"head\": \"same\"", "\"head\": \"sa me\"", "found 'sa me'")]
    [InlineData("\"batch\": 4", "\"batch\": 0", "\"batch\" of the head 'same' to be 1 or more")]
    [InlineData("\"data\": \"mood\",", "\"data\": \"mood\", \"task\": \"rte\",", "found both")]
    [InlineData("\"batch\": 4", "\"bach\": 4", "bach")]
    [InlineData("\"metrics\": [\"pearson\"]", "\"metrics\": [\"nice\"]", "no metric 'nice'")]
    [InlineData("\"name\": \"three\",", "", "name")]
    public void Find_WrongFile_SaysWhatIsExpected(string from, string to, string expected)
    {
        using var files = new ThreeTasks();
        Assert.Contains(from, ThreeTasks.SetFile, StringComparison.Ordinal);
        File.WriteAllText(files.SetPath, ThreeTasks.SetFile.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(expected, Assert.Throws<TaskException>(() => files.Set).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_MultipleChoice_IsRefusedInOneSentence()
    {
        using var files = new ThreeTasks();
        File.WriteAllText(files.SetPath, """{"name": "ends", "tasks": [{"head": "end", "kind": "classification", "task": "swag"}]}""");
        string message = Assert.Throws<TaskException>(() => files.Set).Message;
        Assert.Contains("its table 'swag' has texts to choose from", message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NoFile_NamesIt() => Assert.Contains("none.json", Assert.Throws<TaskException>(() => MultitaskSet.Find("none.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_ValueBeyondTheScale_SaysWhatToDo()
    {
        using var files = new ThreeTasks();
        File.WriteAllText(files.SetPath, ThreeTasks.SetFile.Replace("\"metrics\": [\"pearson\"]", "\"scale\": 2", StringComparison.Ordinal));
        Assert.Contains("from -2 to 2, and 'pairs' has the value 4.5", Assert.Throws<TaskException>(() => files.Data).Message, StringComparison.Ordinal);
    }
}
