using System.CommandLine;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Cli.Cascades;
using Endpoints.Compute;
using Endpoints.Serving;
using Endpoints.Serving.Options;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints serve</c>: serves checkpoints and their sub-networks over HTTP.</summary>
internal static class ServeCommand
{
    private const string DefaultFolder = "models";

    /// <summary>Between the name and the members of an elastic endpoint.</summary>
    private const string ElasticMark = "=elastic:";

    /// <summary>Between the name and the members of a cascade.</summary>
    private const string CascadeMark = "=cascade:";

    /// <summary>Where the SageMaker platform puts the model that a container serves.</summary>
    private const string PlatformFolder = "/opt/ml/model";

    public static Command Create(CliHost host)
    {
        var endpoints = new Option<string[]>("--endpoint")
        {
            Description = $"NAME=DIR, or NAME=DIR#SUBNETWORK such as half=models/base#small:l=6,h=6,u=1536, with @float32, @bfloat16 or @int8 at its end for a precision of its own; or NAME=elastic:ENDPOINT,ENDPOINT,... for the most accurate of these that answers in time; or NAME=cascade:SMALL,LARGE@THRESHOLD for two endpoints of which the large one is asked where the small one's margin is below a threshold, or NAME=cascade:FILE as 'endpoints cascade' writes it. May be given several times; the first is the default, and endpoints of one folder and precision share its weights. Without it, the model in {PlatformFolder} where there is one (SageMaker), else every checkpoint under ./{DefaultFolder}.",
            AllowMultipleArgumentsPerToken = true,
        };
        var urls = new Option<string?>("--urls") { Description = "Address to listen on, by default http://127.0.0.1:8080." };
        var precision = new Option<string?>("--precision") { Description = $"What endpoints run in that name nothing else: {PrecisionName.AllOrAuto} (the default: bfloat16 where this processor is fast in it, else float32)." };
        var lanes = new Option<int>("--lanes") { Description = "Batches that run at once.", DefaultValueFactory = _ => 1 };
        var threads = SharedOptions.Threads();
        var set = new Option<string[]>("--set")
        {
            Description = "Configuration KEY=VALUE, for example Endpoints:Defaults:MaxQueueDelay=00:00:00.050. May be given several times; also read from appsettings.json and the environment.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("serve", "Serve checkpoints and sub-networks of them as separate endpoints, with batching, throttling and metrics.") { endpoints, precision, urls, lanes, threads, set };
        command.SetAction(async (result, cancellationToken) =>
        {
            Dictionary<string, string?> configuration = Settings(result.GetValue(set) ?? []);
            if (result.GetValue(urls) is { } address)
            {
                configuration["urls"] = address;
            }

            if (result.GetValue(precision) is { } chosen)
            {
                configuration[$"{EndpointOptions.DefaultsSectionName}:{nameof(EndpointOptions.Precision)}"] = chosen;
            }

            using var engine = new CpuEngine(result.GetValue(lanes), result.GetValue(threads));
            string[] given = result.GetValue(endpoints) ?? [];
            string[] onPlatform = given.Length > 0 ? [] : FindPlatformModel(PlatformFolder);
            EndpointDefinition[] definitions = Load(given.Length > 0 ? given : onPlatform.Length > 0 ? onPlatform : Discover(), configuration);
            foreach (EndpointDefinition definition in definitions.Where(definition => definition.Checkpoint.HasFreshHead))
            {
                await host.Error.WriteLineAsync($"{definition.Name}: the checkpoint has no classifier head, a random one was initialised; its answers mean nothing until it is trained.").ConfigureAwait(false);
            }

            var settings = new ServingSettings
            {
                Configuration = configuration,
                IsSageMakerContainer = onPlatform.Length > 0,
                TimeProvider = host.Time,
                Error = host.Error,
            };
            return await ServingHost.RunAsync(engine, definitions, settings, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Reads every folder once, however many endpoints are cut from it. Precisions that endpoints name go to <paramref name="configuration"/>.</summary>
    internal static EndpointDefinition[] Load(IReadOnlyList<string> endpoints, IDictionary<string, string?> configuration)
    {
        ILookup<string?, string> given = endpoints.ToLookup(
            endpoint => new[] { ElasticMark, CascadeMark }.FirstOrDefault(mark => endpoint.Contains(mark, StringComparison.Ordinal)));
        foreach (string elastic in given[ElasticMark])
        {
            (string name, string members) = Split(elastic, ElasticMark);
            configuration[$"{ServingHost.ElasticSectionName}:{name}:Members"] = members;
        }

        foreach (string cascade in given[CascadeMark])
        {
            (string name, string members) = Split(cascade, CascadeMark);
            int at = members.LastIndexOf('@');
            if (IsFile(members))
            {
                continue;
            }

            if (at < 0)
            {
                throw new FormatException(
                    $"'{cascade}' is no cascade: expected NAME=cascade:SMALL,LARGE@THRESHOLD, such as fast=cascade:pruned,base@0.8, or NAME=cascade:FILE, and there is no such file.");
            }

            configuration[$"{ServingHost.CascadeSectionName}:{name}:Members"] = members[..at];
            configuration[$"{ServingHost.CascadeSectionName}:{name}:Threshold"] = members[(at + 1)..];
        }

        EndpointArgument[] arguments = [.. given[null].Select(EndpointArgument.Parse)];
        var checkpoints = new Dictionary<string, Checkpoint>(StringComparer.Ordinal);
        Checkpoint Read(string folder) => checkpoints.TryGetValue(folder, out Checkpoint? known) ? known : checkpoints[folder] = CheckpointFolder.Load(folder);
        var definitions = new List<EndpointDefinition>();
        foreach (EndpointArgument argument in arguments)
        {
            Checkpoint checkpoint = Read(argument.Folder);
            SubNetwork subNetwork = argument.SubNetwork is { } text ? SubNetwork.Parse(text, checkpoint.Config) : SubNetwork.Full(checkpoint.Config);
            definitions.Add(new EndpointDefinition(argument.Name, checkpoint, subNetwork));
            if (argument.Precision is { } precision)
            {
                configuration[$"{EndpointOptions.ByNameSectionName}:{argument.Name}:{nameof(EndpointOptions.Precision)}"] = precision;
            }
        }

        foreach ((string name, string file) in given[CascadeMark].Select(cascade => Split(cascade, CascadeMark)).Where(cascade => IsFile(cascade.Members)))
        {
            var cascade = CascadeFile.Read(file);
            definitions.Add(cascade.ToEndpoint(file, name, Read));

            // What it was measured in, unless this endpoint is to run in something else.
            configuration.TryAdd($"{EndpointOptions.ByNameSectionName}:{name}:{nameof(EndpointOptions.Precision)}", PrecisionName.Of(cascade.Precision));
        }

        return [.. definitions];
    }

    private static bool IsFile(string members) => File.Exists(members) || members.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static (string Name, string Members) Split(string endpoint, string mark)
    {
        int at = endpoint.IndexOf(mark, StringComparison.Ordinal);
        return (endpoint[..at], endpoint[(at + mark.Length)..]);
    }

    /// <summary>What the SageMaker platform unpacked: one checkpoint, called <c>model</c>, or a folder for each of several. Empty where there is nothing.</summary>
    internal static string[] FindPlatformModel(string folder) => IsCheckpoint(folder) ? [$"model={folder}"] : CheckpointsUnder(folder);

    private static string[] Discover() => CheckpointsUnder(DefaultFolder) is { Length: > 0 } found
        ? found
        : throw new ArgumentException($"There is nothing to serve: give --endpoint NAME=DIR, or put checkpoints under {Path.GetFullPath(DefaultFolder)}.");

    /// <summary>Every checkpoint in a folder, by its own folder's name; those with a dot in front are half-written ones.</summary>
    private static string[] CheckpointsUnder(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetDirectories(folder)
            .Where(one => !Path.GetFileName(one).StartsWith('.') && IsCheckpoint(one))
            .Order(StringComparer.Ordinal)
            .Select(one => $"{Path.GetFileName(one)}={one}")]
        : [];

    private static bool IsCheckpoint(string folder) => File.Exists(Path.Combine(folder, "config.json"));

    private static Dictionary<string, string?> Settings(string[] pairs)
    {
        var settings = new Dictionary<string, string?>();
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            settings[equals > 0 ? pair[..equals] : throw new FormatException($"--set {pair}: expected KEY=VALUE.")] = pair[(equals + 1)..];
        }

        return settings;
    }
}
