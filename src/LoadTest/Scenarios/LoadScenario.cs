using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Pairs;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.References;
using Endpoints.LoadTest.Targets;
using YamlDotNet.Core;

namespace Endpoints.LoadTest.Scenarios;

/// <summary>
/// A load test as its user writes it, in a JSON or YAML file or as flags of the same names; what is null has its default. Paths are as seen from where the
/// command runs.
/// </summary>
public sealed record LoadScenario
{
    /// <summary>The targets.</summary>
    public IReadOnlyList<ScenarioTarget>? Targets { get; init; }

    /// <summary>TSV or JSONL file of pairs.</summary>
    public string? Pairs { get; init; }

    /// <summary>Virtual users: a number, a list or a range. Default <c>5..50</c>, unless there is a rate.</summary>
    public string? Users { get; init; }

    /// <summary>Requests a second, for an open loop: a number, a list with ramps, or a range.</summary>
    public string? Rate { get; init; }

    /// <summary>What a range adds from stage to stage.</summary>
    public int? Step { get; init; }

    /// <summary>Duration of a stage. Default <c>10s</c>.</summary>
    public string? Stage { get; init; }

    /// <summary><c>constant</c> (the default) or <c>poisson</c>.</summary>
    public string? Arrivals { get; init; }

    /// <summary>Pause of a user between an answer and the next request. Default 0.</summary>
    public string? Think { get; init; }

    /// <summary>Least time between the starts of two requests of a user. Default 0.</summary>
    public string? Pacing { get; init; }

    /// <summary>How long a request may take. Default <c>10s</c>.</summary>
    public string? Timeout { get; init; }

    /// <summary>Extra pause of a user whose request was throttled or refused. Default <c>50ms</c>.</summary>
    public string? Backoff { get; init; }

    /// <summary>The most connections of an open loop. Default 1000.</summary>
    public int? Connections { get; init; }

    /// <summary>The most windows of a stage. Default 3.</summary>
    public int? Windows { get; init; }

    /// <summary>How often a failed request is tried again. Default 0.</summary>
    public int? Retries { get; init; }

    /// <summary><c>onset</c> or <c>slo</c>: what is looked for to one user. Default <c>none</c>.</summary>
    public string? Find { get; init; }

    /// <summary>The promise: conditions that have to hold.</summary>
    public IReadOnlyList<string>? Slo { get; init; }

    /// <summary>Conditions each of which fails the run.</summary>
    public IReadOnlyList<string>? FailOn { get; init; }

    /// <summary>End the run after the first stage that fails it.</summary>
    public bool? AbortEarly { get; init; }

    /// <summary>Protocol of targets that name none; without it the URL tells.</summary>
    public string? Protocol { get; init; }

    /// <summary>A file with a JSON body for targets that have none of their own.</summary>
    public string? Body { get; init; }

    /// <summary>Path of the label in answers.</summary>
    public string? Answer { get; init; }

    /// <summary>JSONL file of the scores that answers of every target should have.</summary>
    public string? Reference { get; init; }

    /// <summary>Path of the scores in answers.</summary>
    public string? Scores { get; init; }

    /// <summary>How far a score may be from the reference's. Default 0.001.</summary>
    public double? Tolerance { get; init; }

    /// <summary>CSV file with a line for each attempt.</summary>
    public string? Log { get; init; }

    /// <summary>Headers for every target.</summary>
    public IReadOnlyList<string>? Headers { get; init; }

    /// <summary>Where the API key for every target is: <c>env:NAME</c> or <c>file:PATH</c>.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Take any TLS certificate.</summary>
    public bool? Insecure { get; init; }

    /// <summary>PEM file of certificates that are trusted instead of the system's.</summary>
    public string? Ca { get; init; }

    /// <summary>Read the server's counters around each stage. Default yes.</summary>
    public bool? Metrics { get; init; }

    /// <summary>Price of the server's machine for an hour.</summary>
    public double? Price { get; init; }

    /// <summary>Seed of the order of pairs and of arrivals. Default 1.</summary>
    public int? Seed { get; init; }

    /// <summary>Folder to write. Default <c>runs/load</c>.</summary>
    public string? Out { get; init; }

    /// <summary>Reads a scenario file.</summary>
    /// <exception cref="LoadTestException">It cannot be read, is neither JSON nor YAML, or has a field that there is none of; the message says where.</exception>
    public static LoadScenario Read(string path)
    {
        try
        {
            bool isYaml = Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";
            byte[] json = isYaml ? YamlScenario.ToJson(File.ReadAllText(path), ScenarioJson.Default.LoadScenario) : File.ReadAllBytes(path);
            return JsonSerializer.Deserialize(json, ScenarioJson.Default.LoadScenario)
                ?? throw new LoadTestException($"expected {(isYaml ? "fields such as targets and pairs" : "a JSON object")}, found nothing.");
        }
        catch (JsonException exception)
        {
            // What follows in its message counts lines from 0.
            string message = exception.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0];
            throw new LoadTestException($"{path}, line {exception.LineNumber + 1}, is no scenario: {message} ({exception.Path})", exception);
        }
        catch (YamlException exception)
        {
            throw new LoadTestException($"{path}, line {exception.Start.Line}, is no scenario: {exception.Message}", exception);
        }
        catch (LoadTestException exception)
        {
            throw new LoadTestException($"{path} is no scenario: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"The scenario {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>This scenario, with what it lacks from another one.</summary>
    public LoadScenario Over(LoadScenario other)
    {
        ArgumentNullException.ThrowIfNull(other);

        // Users and a rate exclude each other: what is said here takes the place of both.
        bool load = Users is not null || Rate is not null;
        return new LoadScenario
        {
            Targets = Targets ?? other.Targets,
            Pairs = Pairs ?? other.Pairs,
            Users = load ? Users : other.Users,
            Rate = load ? Rate : other.Rate,
            Step = load ? Step : Step ?? other.Step,
            Stage = Stage ?? other.Stage,
            Arrivals = Arrivals ?? other.Arrivals,
            Think = Think ?? other.Think,
            Pacing = Pacing ?? other.Pacing,
            Timeout = Timeout ?? other.Timeout,
            Backoff = Backoff ?? other.Backoff,
            Connections = Connections ?? other.Connections,
            Windows = Windows ?? other.Windows,
            Retries = Retries ?? other.Retries,
            Find = Find ?? other.Find,
            Slo = Slo ?? other.Slo,
            FailOn = FailOn ?? other.FailOn,
            AbortEarly = AbortEarly ?? other.AbortEarly,
            Protocol = Protocol ?? other.Protocol,
            Body = Body ?? other.Body,
            Answer = Answer ?? other.Answer,
            Reference = Reference ?? other.Reference,
            Scores = Scores ?? other.Scores,
            Tolerance = Tolerance ?? other.Tolerance,
            Log = Log ?? other.Log,
            Headers = Headers ?? other.Headers,
            ApiKey = ApiKey ?? other.ApiKey,
            Insecure = Insecure ?? other.Insecure,
            Ca = Ca ?? other.Ca,
            Metrics = Metrics ?? other.Metrics,
            Price = Price ?? other.Price,
            Seed = Seed ?? other.Seed,
            Out = Out ?? other.Out,
        };
    }

    /// <summary>The load test that it describes, checked: files are read, keys are found; nothing is sent.</summary>
    /// <param name="variable">The value of an environment variable; null where it is not set.</param>
    /// <exception cref="LoadTestException">Something is wrong with it; the message says what.</exception>
    public PlannedLoadTest Plan(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (Users is not null && Rate is not null)
        {
            throw new LoadTestException("There are both users and a rate: give users for a closed loop or a rate for an open one.");
        }

        var defaults = new LoadTestOptions { Profile = Profile() };
        LoadTestOptions options = defaults with
        {
            Arrivals = Choice(Arrivals, "arrivals", defaults.Arrivals),
            ThinkTime = Duration(Think, "think", defaults.ThinkTime),
            Pacing = Duration(Pacing, "pacing", defaults.Pacing),
            Timeout = Duration(Timeout, "timeout", defaults.Timeout),
            ThrottleBackoff = Duration(Backoff, "backoff", defaults.ThrottleBackoff),
            MaxConnections = Connections ?? defaults.MaxConnections,
            MaxWindows = Windows ?? defaults.MaxWindows,
            Retries = Retries ?? defaults.Retries,
            Find = Choice(Find, "find", defaults.Find),
            Slo = [.. Conditions(Slo)],
            FailOn = [.. Conditions(FailOn)],
            AbortEarly = AbortEarly ?? false,
            AnswerField = Answer,
            ScoresField = Scores,
            Tolerance = Tolerance ?? defaults.Tolerance,
            Log = Log,
            ReadsMetrics = Metrics ?? true,
            PricePerHour = Price,
            Seed = Seed ?? defaults.Seed,
        };
        options.Validate();
        LoadTarget[] targets = [.. (Targets ?? []).Select(target => Target(target, variable))];
        IReadOnlyList<LoadPair> pairs = PairFile.Read(Pairs ?? throw new LoadTestException("There are no pairs to send: name a TSV or JSONL file with pairs."));
        LoadTester.Validate(targets, pairs);
        Condition.RequireTargets([.. options.Slo, .. options.FailOn], [.. targets.Select(target => target.Name)]);
        foreach (LoadTarget target in targets.Where(target => target.Reference is not null))
        {
            target.ScoresField(options);
            ReferenceFile.Read(target.Reference!, pairs);
        }

        return new PlannedLoadTest(options, targets, pairs, Out ?? "runs/load");
    }

    private LoadProfile Profile() =>
        Rate is not null ? LoadProfile.ParseRates(Rate, Step, Stage ?? "10s") : LoadProfile.Parse(Users ?? "5..50", Step, Stage ?? "10s");

    private LoadTarget Target(ScenarioTarget target, Func<string, string?> variable)
    {
        string url = target.Url ?? throw new LoadTestException($"The target {target.Name} has no url.");
        LoadTarget parsed = LoadTarget.Parse(target.Name is { } name ? $"{name}={url}" : url);
        string? key = target.ApiKey ?? ApiKey;
        return parsed with
        {
            Form = FormOf(target, parsed.Url),
            Reference = target.Reference ?? Reference,
            Connection = new TargetConnection
            {
                Headers =
                [
                    .. (Headers ?? []).Concat(target.Headers ?? []).Select(header => Secret.Header(header, variable)),
                    .. key is null ? [] : new KeyValuePair<string, string>[] { new("Authorization", "Bearer " + Secret.Read(key, "The API key", variable)) },
                ],
                AcceptsAnyCertificate = Insecure ?? false,
                TrustedCertificates = Ca is null ? null : Certificates(Ca),
            },
        };
    }

    private RequestForm FormOf(ScenarioTarget target, Uri url)
    {
        string? body = target.Body ?? (target.Protocol is null ? Body : null);
        if (body is not null)
        {
            return RequestForm.Custom(ReadBody(body), target.Answer ?? Answer ?? "label", $"body template {body}");
        }

        RequestForm form = (target.Protocol ?? Protocol) is { } name ? RequestForm.Named(name) : RequestForm.For(url);
        return target.Answer is { } answer ? form with { Answer = answer } : form;
    }

    private static string ReadBody(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"The body template {path} cannot be read: {exception.Message}", exception);
        }
    }

    private static X509Certificate2Collection Certificates(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new LoadTestException($"The certificates {path} cannot be read: {exception.Message}", exception);
        }

        return certificates.Count > 0 ? certificates : throw new LoadTestException($"{path} holds no certificate: expected a PEM file.");
    }

    private static IEnumerable<Condition> Conditions(IReadOnlyList<string>? texts) =>
        (texts ?? []).SelectMany(text => text.Split(',')).Select(Condition.Parse);

    private static TimeSpan Duration(string? text, string name, TimeSpan otherwise) => text is null ? otherwise : Durations.Parse(text, name);

    private static T Choice<T>(string? text, string name, T otherwise)
        where T : struct, Enum => text is null
            ? otherwise
            : Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
                ? value
                : throw new LoadTestException($"'{text}' is not a choice of {name}: expected {string.Join(" or ", Enum.GetNames<T>().Select(each => each.ToLowerInvariant()))}.");
}

/// <summary>A load test that is ready to run.</summary>
/// <param name="Options">How it runs.</param>
/// <param name="Targets">What it tests.</param>
/// <param name="Pairs">What it asks.</param>
/// <param name="Folder">Where it writes.</param>
public sealed record PlannedLoadTest(LoadTestOptions Options, IReadOnlyList<LoadTarget> Targets, IReadOnlyList<LoadPair> Pairs, string Folder);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowDuplicateProperties = false,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(LoadScenario))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
