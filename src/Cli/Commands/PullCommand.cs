using System.CommandLine;
using System.Text.Json.Serialization;
using Endpoints.Cli.Progress;
using Endpoints.Cli.Pull;
using Endpoints.Hub;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints pull</c>: downloads pretrained models and the tasks' data.</summary>
internal static class PullCommand
{
    public static Command Create(CliHost host) => new("pull", "Download a pretrained model or a task's data: resumes when interrupted, verifies sizes and hashes.")
    {
        Model(host),
        Task(host),
        List(host),
    };

    private static Command Model(CliHost host)
    {
        var id = new Argument<string>("id") { Description = "The model's id on the Hugging Face hub, for example google-bert/bert-base-cased." };
        var revision = new Option<string>("--revision") { Description = "Branch, tag or commit.", DefaultValueFactory = _ => "main" };
        var output = new Option<string?>("--out") { Description = "Folder to copy the checkpoint to; by default it stays in the hub's cache, where --model finds it by its id." };
        var command = new Command("model", "Download a checkpoint from the Hugging Face hub into its cache (HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE).") { id, revision, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            var repository = RepositoryId.Parse(result.GetValue(id)!);
            using HubClient client = Client(host);
            using var progress = new TransferLine(host);
            string done = await ModelPull.RunAsync(client, repository, result.GetValue(revision)!, result.GetValue(output), progress, cancellationToken).ConfigureAwait(false);
            await host.Output.WriteLineAsync(done).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Task(CliHost host)
    {
        var name = new Argument<string>("name") { Description = $"The task: {string.Join(", ", TaskSources.All.Select(source => source.Name))}." };
        var output = new Option<string?>("--out") { Description = "Folder to make; by default data/NAME." };
        var mirror = new Option<string?>("--mirror") { Description = "Address of a folder to take the publisher's files from instead; they are verified all the same." };
        var command = new Command("task", "Download a task's data from its publisher, as the task reads it.") { name, output, mirror };
        command.SetAction(async (result, cancellationToken) =>
        {
            TaskSource source = TaskSources.Find(result.GetValue(name)!);
            Uri? from = result.GetValue(mirror) is { } text ? Address(text) : null;
            using HubClient client = Client(host);
            using var progress = new TransferLine(host);
            string folder = result.GetValue(output) ?? Path.Combine("data", source.Name);
            string done = await TaskPull.RunAsync(client, source, folder, from, progress, host.Time, cancellationToken).ConfigureAwait(false);
            await host.Output.WriteLineAsync(done).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(CliHost host)
    {
        var json = SharedOptions.Json();
        var command = new Command("list", "List the tasks that can be pulled, their sizes and publishers.") { json };
        command.SetAction(result =>
        {
            if (result.GetValue(json))
            {
                host.WriteJson([.. TaskSources.All.Select(source => new PullableTask(source.Name, source.Files.Sum(file => file.Size), source.Publisher))], PullJson.Default.PullableTaskArray);
                return ExitCode.Done;
            }

            foreach (TaskSource source in TaskSources.All)
            {
                host.Output.WriteLine($"{source.Name,-7} {TransferLine.Size(source.Files.Sum(file => file.Size)),9}  {source.Publisher}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static HubClient Client(CliHost host) => new(HubSettings.FromEnvironment(host.Variable), time: host.Time);

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
        ? address
        : throw new FormatException("--mirror is no http or https address: expected for example https://mirror.example/data.");
}

/// <summary>A task in what <c>pull list --json</c> writes.</summary>
internal sealed record PullableTask(string Name, long Bytes, string Publisher);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PullableTask[]))]
internal sealed partial class PullJson : JsonSerializerContext;
