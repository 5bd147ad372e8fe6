using System.Globalization;
using System.Runtime.InteropServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.SearchSpaces;

// A worker of a search whose objectives cost nothing, for tests to kill: FOLDER STORAGE METHOD TRIALS [HANG]. It says "evaluate SUB-NETWORK" before
// and "finished ID" after each trial. With HANG (from which sub-network of its own on, 0 the first) it says "hang SUB-NETWORK" and waits to be ended.
// SEARCH_RUN names the search in a database.
string folder = args[0], method = args[2];
int trials = int.Parse(args[3], CultureInfo.InvariantCulture);
int hang = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : int.MaxValue;
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});

ISearchSpace space = Catalogs.SearchSpaces.Create("small", BertConfig.Uniform(100, 8, 6, 4, 16, 32, ["no", "yes"]));
int evaluated = 0;
Measurement Evaluate(SubNetwork subNetwork)
{
    bool hangs = evaluated++ >= hang;
    Say($"{(hangs ? "hang" : "evaluate")} {subNetwork}");
    if (hangs)
    {
        stop.Token.WaitHandle.WaitOne();
        stop.Token.ThrowIfCancellationRequested();
    }

    return new Measurement(1.0 / (1 + subNetwork.Layers.Sum(layer => layer.Heads.Count + (layer.Units.Count % 3))));
}

try
{
    FrontReport report = SearchRun.Run(
        new SearchSetup
        {
            Folder = folder,
            Storage = args[1].Length == 0 ? null : StorageChoice.Parse(args[1]) with
            {
                ClaimLimit = TimeSpan.FromSeconds(1),
                RunName = Environment.GetEnvironmentVariable("SEARCH_RUN"),
            },
            Configuration = new RunConfiguration
            {
                Task = "synthetic",
                Validation = "v",
                SuperNetwork = "w",
                Space = space.Name,
                Method = method,
                Seed = 5,
                Objectives = [new("error", ""), new("parameters", "")],
            },
            Space = space,
            Method = Catalogs.SearchMethods.Create(method, new(space, 5)),
            Objectives = [new Objective("error", Evaluate), new Objective("parameters", subNetwork => new(ParameterCount.Sliced(space.SuperNetwork, subNetwork)))],
            Trials = trials,
            Progress = progress => Say($"finished {progress.Last?.Id}"),
            Notice = text => Say($"notice {text}"),
        },
        stop.Token);
    Say($"done {report.Trials.Count}");
    return 0;
}
catch (Exception exception) when (exception is IOException or InvalidDataException or OperationCanceledException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

static void Say(string text)
{
    Console.Out.WriteLine(text);
    Console.Out.Flush();
}

internal sealed class Objective(string name, Func<SubNetwork, Measurement> evaluate) : IObjective
{
    public string Name => name;

    public string Unit => "";

    public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) => evaluate(subNetwork);
}
