using System.Globalization;
using System.Text;
using Endpoints.Bert;
using Endpoints.Pruning.Tasks;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Tasks.BuiltIn;

public sealed class BuiltInTaskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. TaskRegistry.Names];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Names))]
    public void Find_EveryTask_IsOfOnePiece(string name)
    {
        TaskDefinition task = TaskRegistry.Find(name.ToUpperInvariant());
        Assert.Equal(name, task.Name);
        Assert.NotEmpty(task.Summary);
        Assert.NotEmpty(task.Origin);
        Assert.Equal(task.Labels.Length, task.LabelNames.Length);
        Assert.Equal(task.Labels.Length, task.LabelNames.Distinct().Count());
        Assert.Equal(task.Labels.IsEmpty, task.ProblemType == ProblemType.Regression);
        Assert.Equal(task.Labels.IsEmpty, task.Metric.IsOfValues);
        Assert.True(!task.Metric.IsOfTwoLabels || task.Labels.Length == 2);
        Assert.True(task.ProblemType != ProblemType.MultipleChoice || task.Labels.Length == task.Columns.Choices.Length);
    }

    /// <summary>Rows of the complete public files, and what the paper's split makes of them (train, validation, test).</summary>
    [Theory]
    [InlineData("rte", "accuracy", 2490, 277, 1743, 747)]
    [InlineData("mrpc", "f1", 3668, 408, 2567, 1101)]
    [InlineData("sts-b", "spearman", 5749, 1500, 4024, 1725)]
    [InlineData("cola", "matthews", 8551, 1043, 5985, 2566)]
    [InlineData("sst-2", "accuracy", 67349, 872, 47144, 2048)]
    [InlineData("qnli", "accuracy", 104743, 5463, 73320, 2048)]
    [InlineData("qqp", "f1", 363846, 40430, 254692, 2048)]
    [InlineData("swag", "accuracy", 73546, 20006, 51482, 2048)]
    public void Load_FilesOfTheRealSize_GivesThePapersSplit(string name, string metric, int trainRows, int testRows, int train, int validation)
    {
        TaskDefinition task = TaskRegistry.Find(name);
        Write(task, task.Files.Train, trainRows);
        Write(task, task.Files.Test, testRows);

        TaskData data = TaskRegistry.Load(name, _folder.Path);

        Assert.Equal((train, validation, testRows), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(metric, data.Definition.MetricName);
        Assert.Empty(data.Train.Select(example => example.Text).Intersect(data.Validation.Select(example => example.Text)));
    }

    [Fact]
    public void Load_Sst5_HasPartsOfItsOwn()
    {
        TaskDefinition task = TaskRegistry.Find("sst-5");
        Write(task, "train.tsv", 8544);
        Write(task, "dev.tsv", 1101);
        Write(task, "test.tsv", 2210);

        TaskData data = TaskRegistry.Load("sst-5", _folder.Path);
        Assert.Equal((8544, 1101, 2210), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(new Example("text 3", null, 3, 3), data.Train[3]);
    }

    [Fact]
    public void Load_Sst5AsOnTheHub_TakesItsColumns()
    {
        foreach (string file in (string[])["train.jsonl", "dev.jsonl", "test.jsonl"])
        {
            File.WriteAllText(_folder.File(file), """{"text": "so so", "label": 2, "label_text": "neutral"}""");
        }

        Example example = Assert.Single(TaskRegistry.Load("sst-5", _folder.Path).Test);
        Assert.Equal(("so so", 2), (example.Text, example.Label));
    }

    [Theory]
    [InlineData("msr_paraphrase_train.txt", "msr_paraphrase_test.txt")]
    [InlineData("train.tsv", "test.tsv")]
    public void Load_MrpcAsMicrosoftHasIt_TestsOnItsOwnTest(string train, string test)
    {
        const string header = "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n";
        File.WriteAllText(_folder.File(train), header + "1\t1\t2\tHe said \"yes\".\tYes, he said.\r\n0\t3\t4\ta\tb\r\n");
        File.WriteAllText(_folder.File(test), header + "1\t5\t6\tc\td\r\n");

        TaskData data = TaskRegistry.Load("mrpc", _folder.Path);

        Assert.Equal((1, 1), (data.Train.Count, data.Validation.Count));
        Assert.Contains(("He said \"yes\".", "Yes, he said.", 1), data.Train.Concat(data.Validation).Select(example => (example.Text, example.Pair, example.Label)));
        Assert.Equal(("c", "d", 1), (data.Test[0].Text, data.Test[0].Pair, data.Test[0].Label));
    }

    [Fact]
    public void Load_MrpcByGlue_IsPreferred()
    {
        TaskDefinition task = TaskRegistry.Find("mrpc");
        Write(task, "train.tsv", 10);
        Write(task, "dev.tsv", 4);
        File.WriteAllText(_folder.File("test.tsv"), "index\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t1\t2\ta\tb\n");
        Assert.Equal(4, TaskRegistry.Load("mrpc", _folder.Path).Test.Count);
    }

    [Fact]
    public void Load_Swag_MakesEveryChoiceOfStemAndEnding()
    {
        const string csv = ",video-id,fold-ind,startphrase,sent1,sent2,gold-source,ending0,ending1,ending2,ending3,label\n"
            + "0,v,1,x,\"Two men, on a boat.\",One,gold,swims.,\"sings, loudly.\",rows.,flies.,2\n1,v,1,x,a,b,gold,c,d,e,f,0\n";
        File.WriteAllText(_folder.File("train.csv"), csv);
        File.WriteAllText(_folder.File("val.csv"), csv);

        TaskData data = TaskRegistry.Load("swag", _folder.Path);

        Assert.Equal(ProblemType.MultipleChoice, data.Definition.ProblemType);
        Assert.Equal(["choice"], data.Definition.OutputNames.ToArray());
        Example example = data.Test[0];
        Assert.Equal(("Two men, on a boat.", null, 2), (example.Text, example.Pair, example.Label));
        Assert.Equal(["One swims.", "One sings, loudly.", "One rows.", "One flies."], example.Choices);
    }

    [Fact]
    public void Load_Qqp_LeavesOutAndCountsRowsThatLackFields()
    {
        const string header = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
        File.WriteAllText(_folder.File("train.tsv"), header + "0\t1\t2\ta\tb\t1\n1\t3\t4\tcut off\n2\t5\t6\tc\t\t0\n");
        File.WriteAllText(_folder.File("dev.tsv"), header + "0\t1\t2\n0\t1\t2\ta\tb\t1\n");

        TaskData data = TaskRegistry.Load("qqp", _folder.Path);

        Assert.Equal((1, 1, 1, 2), (data.Train.Count, data.Validation.Count, data.Test.Count, data.LeftOut));
        Assert.Contains("", data.Train.Concat(data.Validation).Select(example => example.Pair));
    }

    [Theory]
    [InlineData("")]
    [InlineData("aclImdb")]
    public void Load_Imdb_ReadsAFolderForEachLabel(string root)
    {
        string path = Path.Combine(_folder.Path, root);
        foreach (string part in (string[])["train", "test"])
        {
            foreach ((string label, int label0) in new[] { ("neg", 0), ("pos", 1), ("unsup", 2) })
            {
                string folder = Directory.CreateDirectory(Path.Combine(path, part, label)).FullName;
                for (int i = 0; i < 125; i++)
                {
                    File.WriteAllText(Path.Combine(folder, $"{i}_{7 + label0}.txt"), $"{label} {i}<br />");
                }
            }

            File.WriteAllText(Path.Combine(path, part, "urls.txt"), "no review");
        }

        TaskData data = TaskRegistry.Load("imdb", _folder.Path);

        Assert.Equal((175, 75, 250), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(int.MaxValue, data.Definition.ValidationLimit);
        Assert.All(data.Test, example => Assert.Equal(example.Label == 0, example.Text.StartsWith("neg ", StringComparison.Ordinal)));
        Assert.Equal(125, data.Test.Count(example => example.Label == 1));
        Assert.Equal("neg 0<br />", data.Test[0].Text);
    }

    [Fact]
    public void Load_ImdbThatIsBroken_SaysWhere()
    {
        string negative = Directory.CreateDirectory(_folder.File("train/neg")).FullName;
        Directory.CreateDirectory(_folder.File("test"));
        Assert.Contains("found no folder pos.", Message("imdb"), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.File("train/pos"));
        Assert.Contains("train has no example: at least one text file", Message("imdb"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(negative, "1_2.txt"), " \n");
        Assert.Contains("1_2.txt: expected a text, found nothing. Remove the file.", Message("imdb"), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FilesMissing_SaysWhichWhereAndWhatToDo()
    {
        Assert.Equal(
            $"The task 'rte' has its examples in train.tsv and dev.tsv, and {_folder.Path} has none of these: name the folder that holds them; 'endpoints pull task rte' gets them from GLUE's RTE.zip.",
            Message("rte"));
        File.WriteAllText(_folder.File("dev.tsv"), "");
        Assert.Contains($"{_folder.Path} has only dev.tsv of these", Message("rte"), StringComparison.Ordinal);
        Assert.Contains("msr_paraphrase_train.txt and msr_paraphrase_test.txt, or in train.tsv and test.tsv", Message("mrpc"), StringComparison.Ordinal);
        Assert.Contains("none does not exist", Assert.Throws<TaskException>(() => TaskRegistry.Load("sst-5", _folder.File("none"))).Message, StringComparison.Ordinal);
    }

    private string Message(string name) => Assert.Throws<TaskException>(() => TaskRegistry.Load(name, _folder.Path)).Message;

    /// <summary>A table with every column that the task reads, and one more in front where there is a header.</summary>
    private void Write(TaskDefinition task, string file, int rows)
    {
        TaskColumns columns = task.Columns;
        char separator = file.EndsWith(".csv", StringComparison.Ordinal) ? ',' : '\t';
        string[] names = task.Header.IsEmpty
            ? ["id", columns.Text, .. new[] { columns.Pair, columns.Stem }.OfType<string>(), .. columns.Choices, columns.Label]
            : [.. task.Header];
        var text = new StringBuilder(task.Header.IsEmpty ? string.Join(separator, names) + "\n" : "");
        for (int i = 0; i < rows; i++)
        {
            string target = task.Labels.IsEmpty ? (i % 51 / 10.0).ToString(CultureInfo.InvariantCulture) : task.Labels[i % task.Labels.Length];
            text.AppendJoin(separator, names.Select(name => name == columns.Label ? target : name == columns.Text ? $"text {i}" : "more")).Append('\n');
        }

        File.WriteAllText(_folder.File(file), text.ToString());
    }
}
