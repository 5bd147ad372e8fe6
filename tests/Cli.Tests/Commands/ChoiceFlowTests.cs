using System.Globalization;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>A small SWAG: which of four endings goes on is the one that says how.</summary>
public sealed class ChoiceFlowTests
{
    private static readonly string Vocabulary = Path.Combine(Repository.Root, "tests", "vocab", "uncased");

    [Fact]
    public async Task TrainSearchExportEvaluate_MultipleChoice_LearnsMoreThanChanceAndGoesThroughEveryCommand()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("train.csv"), 400, seed: 1);
        Write(folder.File("val.csv"), 100, seed: 2);
        string model = folder.File("super"), search = folder.File("search"), pruned = folder.File("pruned");
        string[] task = ["--task", "swag", "--data", folder.Path, "--max-length", "32"];

        Cli.Run train = await Cli.OkAsync([
            "train", .. task, "--new", "l=2,h=32,heads=2,u=64", "--vocab", Vocabulary, "--out", model,
            "--epochs", "2", "--batch", "8", "--lr", "3e-3", "--threads", "2"]);
        double accuracy = double.Parse(train.Output.Split("test ")[1].Split(' ')[0].TrimEnd('\n', '.'), CultureInfo.InvariantCulture);
        Assert.True(accuracy >= 0.5, train.Output);
        Assert.Contains("BertForMultipleChoice", await File.ReadAllTextAsync(Path.Combine(model, "config.json")), StringComparison.Ordinal);

        await Cli.OkAsync(["search", .. task, "--model", model, "--out", search, "--trials", "4", "--threads", "1"]);
        Cli.Run export = await Cli.OkAsync(["export", "--search", search, "--model", model, "--pick", "trial:1", "--out", pruned, "--data", folder.Path, "--max-length", "32"]);
        Assert.Contains("test accuracy 0.", export.Output, StringComparison.Ordinal);
        Cli.Run evaluated = await Cli.OkAsync(["evaluate", .. task, "--model", model, "--precision", "float32,int8", "--rounds", "1", "--threads", "1"]);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{accuracy:0.0000}"), evaluated.Output, StringComparison.Ordinal);

        Cli.Run predict = await Cli.WithInputAsync("""{"text": "a"}""", "predict", "--model", model);
        Assert.Equal(2, predict.Code);
        Assert.Contains("chooses between texts", predict.Error, StringComparison.Ordinal);
        Cli.Run serve = await Cli.RunAsync("serve", "--endpoint", $"which={model}", "--urls", "http://127.0.0.1:0");
        Assert.Equal(2, serve.Code);
        Assert.Contains("which: expected a model that classifies", serve.Error, StringComparison.Ordinal);
    }

    private static void Write(string path, int rows, int seed)
    {
        var random = new Random(seed);
        string[] manners = ["happily", "table", "green", "seven"];
        IEnumerable<string> lines = Enumerable.Range(0, rows).Select(i =>
        {
            string[] order = [.. manners];
            random.Shuffle(order);
            string endings = string.Join(',', order.Select(manner => $"\"sings, {manner}.\""));
            return $"{i},v,1,x,The bird sits in tree {i % 10}.,It,gold,{endings},{Array.IndexOf(order, "happily")}";
        });
        File.WriteAllLines(path, lines.Prepend(",video-id,fold-ind,startphrase,sent1,sent2,gold-source,ending0,ending1,ending2,ending3,label"));
    }
}
