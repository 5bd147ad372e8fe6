using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Demo;
using Spectre.Console;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints data</c>: lists the tasks, checks a task's files, cuts a vocabulary to a task, or writes a data set that the project generates.</summary>
internal static class DataCommand
{
    public static Command Create(CliHost host)
    {
        var generated = new Argument<string?>("task") { Description = "What to generate: demo.", Arity = ArgumentArity.ZeroOrOne };
        generated.AcceptOnlyFromAmong("demo");
        var list = new Option<bool>("--list") { Description = "Show every task: what it asks, its metric, its files and where they come from." };
        var check = new Option<string?>("--check") { Description = "Read every file of this task (as for --task of train) and show what its parts hold." };
        var cut = new Option<string?>("--cut-vocabulary") { Description = "Write to --out what the training texts of this task use of --vocab, for networks from random weights (train --new, study)." };
        var vocabulary = new Option<string?>("--vocab") { Description = "With --cut-vocabulary: folder of the WordPiece vocabulary to cut (vocab.txt)." };
        var least = new Option<int>("--least") { Description = "With --cut-vocabulary: fewest occurrences that keep a token.", DefaultValueFactory = _ => 2 };
        var data = SharedOptions.Data();
        var output = new Option<string?>("--out") { Description = "Folder to write; by default data/demo for demo." };
        var seed = SharedOptions.Seed();
        var quick = new Option<bool>("--quick") { Description = "A sixth of the pairs, to see every step work." };
        var json = SharedOptions.Json();
        var command = new Command("data", "List the tasks, check a task's files, cut a vocabulary to a task, or generate a data set: demo is entailment between sentences of a small world, with its own vocabulary.")
        {
            generated, list, check, cut, vocabulary, least, data, output, seed, quick, json,
        };
        command.SetAction(result =>
        {
            if (result.GetValue(json) && !result.GetValue(list) && result.GetValue(check) is null)
            {
                throw new ArgumentException("--json is for --list and --check: what 'data' writes otherwise is a folder.");
            }

            switch (result.GetValue(generated), result.GetValue(list), result.GetValue(check), result.GetValue(cut))
            {
                case ({ }, false, null, null):
                    Generate(host, result.GetValue(output) ?? "data/demo", result.GetValue(seed), result.GetValue(quick) ? DemoSizes.Quick : DemoSizes.Default);
                    return ExitCode.Done;
                case (null, true, null, null):
                    List(host, result.GetValue(json));
                    return ExitCode.Done;
                case (null, false, { } task, null):
                    Check(host, TaskRegistry.Load(task, result.GetValue(data)), result.GetValue(json));
                    return ExitCode.Done;
                case (null, false, null, { } task) when result.GetValue(vocabulary) is { } whole && result.GetValue(output) is { } folder:
                    Cut(host, TaskRegistry.Load(task, result.GetValue(data)), whole, result.GetValue(least), folder);
                    return ExitCode.Done;
                default:
                    throw new ArgumentException("Expected one of: 'data demo' to generate, 'data --list' to see the tasks, 'data --check TASK --data DIR' to read a task's files, "
                        + "'data --cut-vocabulary TASK --data DIR --vocab DIR --out DIR' to cut a vocabulary to a task.");
            }
        });
        return command;
    }

    private static void Generate(CliHost host, string folder, int seed, DemoSizes sizes)
    {
        DemoTask.Write(folder, seed, sizes);
        host.Output.WriteLine($"Wrote {sizes} and their vocabulary to {folder}.");
    }

    private static void Cut(CliHost host, TaskData data, string vocabulary, int least, string folder)
    {
        WordPieceTokenizer whole = WordPieceTokenizer.Load(vocabulary), cut = VocabularyCut.Cut(whole, data.Train, least);
        cut.Save(folder);
        host.Output.WriteLine(
            Text($"Wrote {cut.VocabularySize} of {whole.VocabularySize} tokens to {folder}: those that occur {least} times or more in {data.Train.Count} training examples of {data.Definition.Name}, single characters and special tokens."));
    }

    private static void List(CliHost host, bool asJson)
    {
        if (asJson)
        {
            host.WriteJson([.. TaskRegistry.All.Select(ListedTask.Of)], DataJson.Default.ListedTaskArray);
            return;
        }

        foreach (TaskDefinition task in TaskRegistry.All)
        {
            host.Output.WriteLine($"{task.Name}: {task.Summary}; {Describe(task)}; {task.MetricName}");
            host.Output.WriteLine($"    {task.ExpectedFiles}, from {task.Origin}{(task.Files.Validation is null ? "; 30 % of the training examples validate" : "")}");
        }

        host.Output.WriteLine("table:FILE: a table of your own, described by a small JSON file.");
    }

    private static void Check(CliHost host, TaskData data, bool asJson)
    {
        if (asJson)
        {
            host.WriteJson(CheckedTask.Of(data), DataJson.Default.CheckedTask);
        }
        else
        {
            Show(host, data);
        }
    }

    private static void Show(CliHost host, TaskData data)
    {
        TaskDefinition task = data.Definition;
        host.Output.WriteLine($"{task.Name}: {Describe(task)}; {task.MetricName}; read from {task.Files}{(data.LeftOut > 0 ? $", of which {data.LeftOut} rows lack fields and were left out" : "")}.");
        bool isRegression = task.ProblemType == ProblemType.Regression;
        Table table = new Table().Border(TableBorder.Simple).AddColumns("part", "examples");
        foreach (string column in isRegression ? ["least", "mean", "most"] : task.LabelNames)
        {
            table.AddColumn(Markup.Escape(column));
        }

        foreach ((string part, IReadOnlyList<Example> examples) in CheckedTask.PartsOf(data))
        {
            IEnumerable<string> figures = isRegression
                ? [Text($"{examples.Min(example => example.Value):0.###}"), Text($"{examples.Average(example => example.Value):0.###}"), Text($"{examples.Max(example => example.Value):0.###}")]
                : task.Labels.Select((_, label) => Text($"{examples.Count(example => example.Label == label)}"));
            table.AddRow([part, Text($"{examples.Count}"), .. figures]);
        }

        host.Terminal.Write(table);
    }

    private static string Describe(TaskDefinition task) => task.ProblemType switch
    {
        ProblemType.Regression => "a value",
        ProblemType.MultipleChoice => $"one of {task.Columns.Choices.Length} choices",
        _ => string.Join(", ", task.LabelNames),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
