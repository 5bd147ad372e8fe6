using System.CommandLine;
using Endpoints.LoadTest;
using Endpoints.LoadTest.Scenarios;

namespace Endpoints.Cli.Commands;

/// <summary>The flags of <c>endpoints load</c>: one for each field of a scenario.</summary>
internal sealed class LoadFlags
{
    private readonly Option<string[]?> _targets = new("--target")
    {
        Description = "URL or NAME=URL to post pairs to, for example base=http://127.0.0.1:8080/endpoints/base/invoke. May be given several times.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _pairs = new("--pairs") { Description = "TSV or JSONL file of pairs, labelled or not." };
    private readonly Option<string?> _users = new("--users") { Description = "Closed loop: virtual users, a range 5..100 (with --step) or a list 1,2,4,8. Default 5..50." };
    private readonly Option<string?> _rate = new("--rate") { Description = "Open loop: requests a second, a range 100..2000, a list 100,200 or ramps 100->500." };
    private readonly Option<int?> _step = new("--step") { Description = "What a range adds from one stage to the next." };
    private readonly Option<string?> _stage = new("--stage") { Description = "How long each load is held. Default 10s." };
    private readonly Option<string?> _arrivals = new("--arrivals") { Description = "Open loop: constant (evenly spread, the default) or poisson (at random)." };
    private readonly Option<string?> _think = new("--think") { Description = "Pause of a user between an answer and the next request. Default 0." };
    private readonly Option<string?> _pacing = new("--pacing") { Description = "Least time between the starts of two requests of a user. Default 0." };
    private readonly Option<string?> _timeout = new("--timeout") { Description = "How long a request may take. Default 10s." };
    private readonly Option<string?> _backoff = new("--backoff") { Description = "Extra pause of a user whose request was throttled or refused. Default 50ms." };
    private readonly Option<int?> _connections = new("--connections") { Description = "Open loop: the most connections. Default 1000." };
    private readonly Option<int?> _windows = new("--windows") { Description = "Lengthen a stage until its last three windows agree, up to this many windows. Default 3: never." };
    private readonly Option<int?> _retries = new("--retries") { Description = "How often a failed request is tried again. Default 0." };
    private readonly Option<string?> _find = new("--find") { Description = "onset: find where throttling starts, to one user; slo: where the promise breaks." };
    private readonly Option<string[]?> _slo = new("--slo") { Description = "The promise, for example \"p95<200ms\". May be given several times." };
    private readonly Option<string[]?> _failOn = new("--fail-on") { Description = "End with code 99 where this holds, for example \"p95>200ms\" or \"base:throttled>1%\". May be given several times." };
    private readonly Option<bool> _abortEarly = new("--abort-early") { Description = "Stop after the first stage that --fail-on fails." };
    private readonly Option<string?> _protocol = new("--protocol") { Description = "pairs, sagemaker, v2 or tei; without it the URL tells." };
    private readonly Option<string?> _body = new("--body") { Description = "JSON file to post, with {{premise}} and {{hypothesis}} where the texts go." };
    private readonly Option<string?> _answer = new("--answer-field") { Description = "Where the label stands in answers: label, outputs[0].data[0]." };
    private readonly Option<string[]?> _references = new("--reference")
    {
        Description = "JSONL file of the scores that answers should have, a line a pair, as 'predict' or --write-reference write it; NAME=FILE for one target. May be given several times.",
    };

    private readonly Option<string?> _scores = new("--scores-field") { Description = "Where scores stand in answers: scores, outputs[1].data." };
    private readonly Option<double?> _tolerance = new("--tolerance") { Description = "How far a score may be from the reference's before the answer counts as wrong. Default 0.001." };
    private readonly Option<string?> _log = new("--log") { Description = "CSV file with a line for each attempt: times in us, outcome, status, pair; no texts." };
    private readonly Option<string[]?> _headers = new("--header") { Description = "Header for every request, 'Name: value'; the value of a secret one as env:NAME or file:PATH." };
    private readonly Option<string?> _apiKey = new("--api-key") { Description = "Where the API key is: env:NAME or file:PATH." };
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Take any TLS certificate." };
    private readonly Option<string?> _ca = new("--ca") { Description = "PEM file of certificates to trust instead of the system's." };
    private readonly Option<bool> _noMetrics = new("--no-metrics") { Description = "Do not read the server's counters around each stage." };
    private readonly Option<double?> _price = new("--price") { Description = "Price of the server's machine for an hour, for the cost of a million answers." };
    private readonly Option<string?> _out = new("--out") { Description = "Folder to write. Default runs/load." };
    private readonly Option<int?> _seed = new("--seed") { Description = "Order in which pairs are sent, and random arrivals. Default 1." };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _targets, _pairs, _users, _rate, _step, _stage, _arrivals, _think, _pacing, _timeout, _backoff, _connections, _windows, _retries, _find, _slo, _failOn, _abortEarly,
            _protocol, _body, _answer, _references, _scores, _tolerance, _log, _headers, _apiKey, _insecure, _ca, _noMetrics, _price, _out, _seed,
        ];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
    }

    public LoadScenario Read(ParseResult result)
    {
        string[] references = result.GetValue(_references) ?? [];
        LoadScenario scenario = ReadAll(result) with { Reference = references.LastOrDefault(text => NamedFile(text) is null) };
        foreach ((string name, string file) in references.Select(NamedFile).OfType<(string, string)>())
        {
            scenario = scenario.Targets?.Any(target => target.Name == name) == true
                ? scenario with { Targets = [.. scenario.Targets.Select(target => target.Name == name ? target with { Reference = file } : target)] }
                : throw new LoadTestException($"--reference {name}={file}: there is no --target named {name}; name one of them, or give a file for all.");
        }

        return scenario;
    }

    private LoadScenario ReadAll(ParseResult result) => new()
    {
        Targets = Some(result.GetValue(_targets))?.Select(Target).ToArray(),
        Pairs = result.GetValue(_pairs),
        Users = result.GetValue(_users),
        Rate = result.GetValue(_rate),
        Step = result.GetValue(_step),
        Stage = result.GetValue(_stage),
        Arrivals = result.GetValue(_arrivals),
        Think = result.GetValue(_think),
        Pacing = result.GetValue(_pacing),
        Timeout = result.GetValue(_timeout),
        Backoff = result.GetValue(_backoff),
        Connections = result.GetValue(_connections),
        Windows = result.GetValue(_windows),
        Retries = result.GetValue(_retries),
        Find = result.GetValue(_find),
        Slo = Some(result.GetValue(_slo)),
        FailOn = Some(result.GetValue(_failOn)),
        AbortEarly = result.GetValue(_abortEarly) ? true : null,
        Protocol = result.GetValue(_protocol),
        Body = result.GetValue(_body),
        Answer = result.GetValue(_answer),
        Scores = result.GetValue(_scores),
        Tolerance = result.GetValue(_tolerance),
        Log = result.GetValue(_log),
        Headers = Some(result.GetValue(_headers)),
        ApiKey = result.GetValue(_apiKey),
        Insecure = result.GetValue(_insecure) ? true : null,
        Ca = result.GetValue(_ca),
        Metrics = result.GetValue(_noMetrics) ? false : null,
        Price = result.GetValue(_price),
        Out = result.GetValue(_out),
        Seed = result.GetValue(_seed),
    };

    private static string[]? Some(string[]? values) => values is { Length: > 0 } ? values : null;

    /// <summary>NAME=FILE; null for a file alone.</summary>
    private static (string Name, string File)? NamedFile(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and int at && !File.Exists(text) ? (text[..at], text[(at + 1)..]) : null;

    private static ScenarioTarget Target(string text)
    {
        LoadTarget parsed = LoadTarget.Parse(text);
        return new ScenarioTarget { Name = parsed.Name, Url = parsed.Url.ToString() };
    }
}
