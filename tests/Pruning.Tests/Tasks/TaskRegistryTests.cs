using Endpoints.Bert;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Tests.Pruning.Tasks;

public sealed class TaskRegistryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Rte_CutsValidationFromTrainAndTakesDevAsTest()
    {
        WriteRte("train.tsv", 10);
        WriteRte("dev.tsv", 4);

        TaskData data = TaskRegistry.Load("RTE", _folder.Path);

        Assert.Equal((7, 3, 4), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"premise {i}"), data.Train.Concat(data.Validation).Select(example => example.Text).Order());
        Assert.Equal(new Example("premise 1", "hypothesis 1", 1, 1), data.Test[1]);
        Assert.Equal(["entailment", "not_entailment"], data.Definition.LabelNames.AsEnumerable());
        Assert.Equal("accuracy", data.Definition.MetricName);
    }

    [Fact]
    public void Load_RteTwice_CutsTheSameWay()
    {
        WriteRte("train.tsv", 50);
        WriteRte("dev.tsv", 4);

        Assert.Equal(TaskRegistry.Load("rte", _folder.Path).Validation, TaskRegistry.Load("rte", _folder.Path).Validation);
    }

    [Fact]
    public void Load_LargeTask_CapsValidation()
    {
        WriteRte("train.tsv", 8000);
        WriteRte("dev.tsv", 4);

        TaskData data = TaskRegistry.Load("rte", _folder.Path);
        Assert.Equal((5600, 2048), (data.Train.Count, data.Validation.Count));
    }

    [Fact]
    public void Load_UnknownLabel_ListsTheKnownOnes()
    {
        WriteRte("train.tsv", 4);
        File.WriteAllText(_folder.File("dev.tsv"), "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tneutral\n");

        var error = Assert.Throws<TaskException>(() => TaskRegistry.Load("rte", _folder.Path));
        Assert.EndsWith("dev.tsv line 2: expected one of the labels entailment, not_entailment in 'label', found 'neutral'.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index\tsentence1\tsentence2\tlabel\n0\t\tb\tentailment\n", "line 2: expected a text in 'sentence1', found nothing.")]
    [InlineData("index\tsentence1\tsentence2\tlabel\n0\ta\t \tentailment\n", "line 2: expected a text in 'sentence2', found nothing.")]
    [InlineData("index\tpremise\thypothesis\tlabel\n0\ta\tb\tentailment\n", "has no column 'sentence1': it has index, premise, hypothesis, label.")]
    [InlineData("index\tsentence1\tsentence2\tlabel\n", "has no example")]
    public void Load_BrokenSplit_SaysWhere(string dev, string expected)
    {
        WriteRte("train.tsv", 4);
        File.WriteAllText(_folder.File("dev.tsv"), dev);

        var error = Assert.Throws<TaskException>(() => TaskRegistry.Load("rte", _folder.Path));
        Assert.Contains(_folder.File("dev.tsv"), error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OneTrainingExample_CannotBeCut()
    {
        WriteRte("train.tsv", 1);
        WriteRte("dev.tsv", 1);
        Assert.Contains("at least 2 are expected", Assert.Throws<TaskException>(() => TaskRegistry.Load("rte", _folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFolderOrName_SaysWhatToName()
    {
        Assert.Contains("needs a folder with train.tsv and dev.tsv", Message("rte", null), StringComparison.Ordinal);
        Assert.Equal(
            "There is no task 'rta': expected cola, demo, imdb, mrpc, qnli, qqp, rte, sick-e, sick-r, sst-2, sst-5, sts-b, swag, wnli or table:FILE, where FILE is a task file in JSON.",
            Message("rta", null));
    }

    [Fact]
    public void Load_TableFileMissing_NamesIt()
    {
        WriteTask("""{ "name": "mine", "train": "a.tsv", "validation": "b.tsv", "test": "c.tsv", "text": "one", "label": "score" }""");
        File.WriteAllText(_folder.File("c.tsv"), "one\tscore\nx\t1\n");
        Assert.Equal(
            $"The task 'mine' has its examples in a.tsv, b.tsv and c.tsv, and {_folder.Path} has only c.tsv of these: name the folder that holds them.",
            Message($"table:{_folder.File("task.json")}", null));
    }

    [Fact]
    public void Load_TableOfChoices_IsAMultipleChoice()
    {
        WriteTask("""{ "name": "story", "train": "a.jsonl", "test": "a.jsonl", "text": "begin", "choices": ["x", "y"], "stem": "then", "label": "right" }""");
        File.WriteAllText(_folder.File("a.jsonl"), string.Concat(Enumerable.Repeat("""{"id": null, "begin": "a", "then": "b", "x": "c", "y": "d", "right": 1}""" + "\n", 2)));

        TaskData data = TaskRegistry.Load($"table:{_folder.File("task.json")}", folder: null);

        Assert.Equal((ProblemType.MultipleChoice, "accuracy"), (data.Definition.ProblemType, data.Definition.MetricName));
        Assert.Equal(["0", "1"], data.Definition.LabelNames.ToArray());
        Assert.Equal(1, data.Test[0].Label);
        Assert.Equal(["b c", "b d"], data.Test[0].Choices);
    }

    [Theory]
    [InlineData("f1", "[\"no\", \"yes\"]")]
    [InlineData("f1_macro", "[\"no\", \"yes\", \"both\"]")]
    [InlineData("Matthews", "[\"no\", \"yes\", \"both\"]")]
    [InlineData("spearman", "[]")]
    public void Find_TaskFileWithMetric_TakesIt(string metric, string labels)
    {
        WriteTask($$"""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "labels": {{labels}}, "metric": "{{metric}}" }""");
        Assert.Equal(metric, TaskRegistry.Find($"table:{_folder.File("task.json")}").MetricName, ignoreCase: true);
    }

    [Fact]
    public void Load_TableOfOnesOwn_TakesTheFolderOfItsFile()
    {
        WriteTask("""
            // Reviews, one text each.
            { "name": "reviews", "train": "train.csv", "validation": "valid.jsonl", "test": "test.tsv",
              "text": "review", "label": "stars", "labels": ["-", "+"], "labelNames": ["bad", "good"], "validationLimit": 1 }
            """);
        File.WriteAllText(_folder.File("train.csv"), "stars,review\n+,\"Good, really\"\n-,Bad\n");
        File.WriteAllText(_folder.File("valid.jsonl"), """{"review": "So so", "stars": "-"}""" + "\n" + """{"review": "Fine", "stars": "+"}""");
        File.WriteAllText(_folder.File("test.tsv"), "review\tstars\nFine\t+\n");

        TaskData data = TaskRegistry.Load($"table:{_folder.File("task.json")}", folder: null);

        Assert.Equal([new Example("Good, really", null, 1, 1), new Example("Bad", null, 0, 0)], data.Train);
        Assert.Single(data.Validation);
        Assert.Equal([new Example("Fine", null, 1, 1)], data.Test);
        Assert.Equal(["bad", "good"], data.Definition.LabelNames.AsEnumerable());
    }

    [Fact]
    public void Load_TableOfValues_IsARegression()
    {
        WriteTask("""{ "name": "likeness", "train": "a.tsv", "test": "a.tsv", "text": "one", "pair": "two", "label": "score", "header": ["one", "two", "score"] }""");
        File.WriteAllText(_folder.File("a.tsv"), "x\ty\t2.5\nz\tx\t-1e-1\n");

        TaskData data = TaskRegistry.Load($"table:{_folder.File("task.json")}", folder: null);

        Assert.Equal(ProblemType.Regression, data.Definition.ProblemType);
        Assert.Equal("pearson", data.Definition.MetricName);
        Assert.Equal([new Example("x", "y", 0, 2.5f), new Example("z", "x", 0, -0.1f)], data.Test);
    }

    [Theory]
    [InlineData("high")]
    [InlineData("NaN")]
    [InlineData("1,5")]
    public void Load_ValueThatIsNoNumber_SaysWhere(string value)
    {
        WriteTask("""{ "name": "likeness", "train": "a.tsv", "test": "a.tsv", "text": "one", "label": "score" }""");
        File.WriteAllText(_folder.File("a.tsv"), $"one\tscore\nx\t{value}\n");
        Assert.Contains(
            $"line 2: expected a number in 'score', found '{value}'.", Message($"table:{_folder.File("task.json")}", null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t" }""", "'label'")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "lables": ["a", "b"] }""", "'lables'")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "labels": ["a"] }""", "two or more different ones, or left out for a regression, found a.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "labels": ["a", "a"] }""", "two or more different ones")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "labels": ["a", "b"], "labelNames": ["c"] }""", "to name each of 2 labels, found 1 names.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "metric": "accuracy" }""", "expected a metric for regression, found accuracy, which is for classification.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "metric": "bleu" }""", "There is no metric 'bleu': expected accuracy, f1, f1_macro, matthews, pearson, spearman.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "labels": ["a", "b"], "metric": "spearman" }""", "expected a metric for classification, found spearman, which is for regression.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "labels": ["a", "b", "c"], "metric": "f1" }""", "expected two labels for f1, the second of which is the positive one, found 3.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "choices": ["a", "b"], "metric": "f1" }""", "found 2 choices.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "choices": ["a"] }""", "\"choices\" to be two or more different columns, or left out, found a.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "choices": ["a", "b"], "pair": "c" }""", "found \"choices\" and a \"pair\".")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "stem": "c" }""", "found a \"stem\" alone.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "choices": ["a", "b"], "labels": ["1", "2", "3"] }""", "\"labels\" to be one for each of 2 choices, found 3.")]
    [InlineData("""{ "name": "x", "train": "a.tsv", "test": "a.tsv", "text": "t", "label": "l", "validationLimit": 0 }""", "\"validationLimit\" to be at least 1, found 0.")]
    [InlineData("null", "found null")]
    [InlineData("{", "is no task file")]
    public void Find_WrongTaskFile_SaysWhatIsWrong(string json, string expected)
    {
        WriteTask(json);
        var error = Assert.Throws<TaskException>(() => TaskRegistry.Find($"table:{_folder.File("task.json")}"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NoTaskFile_SaysSo() =>
        Assert.Contains("none.json", Assert.Throws<TaskException>(() => TaskRegistry.Find($"table:{_folder.File("none.json")}")).Message, StringComparison.Ordinal);

    private static string Message(string name, string? folder) => Assert.Throws<TaskException>(() => TaskRegistry.Load(name, folder)).Message;

    private void WriteRte(string file, int rows) => File.WriteAllLines(_folder.File(file), Enumerable.Range(0, rows)
        .Select(i => $"{i}\tpremise {i}\thypothesis {i}\t{(i % 2 == 0 ? "entailment" : "not_entailment")}")
        .Prepend("index\tsentence1\tsentence2\tlabel"));

    private void WriteTask(string json) => File.WriteAllText(_folder.File("task.json"), json);
}
