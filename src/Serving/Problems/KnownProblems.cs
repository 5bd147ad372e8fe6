using System.Globalization;
using Endpoints.Serving.Access;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Problems;

/// <summary>Every problem that an invocation can end in, each saying what to do instead.</summary>
internal static class KnownProblems
{
    /// <summary>Reason of a problem that will pass when the server is warm.</summary>
    public const string Warming = "warming";

    public static Problem InvalidBody(string found, string example) => new(400, "Invalid body", $"{found} {example}");

    public static Problem InvalidRequest(int status, string example) => new(status, "Invalid request", $"The request's body could not be read. {example}");

    public static Problem InvalidHeader(string header, string found) => new(400, "Invalid header", $"The header {header} {found}.");

    public static Problem BodyTooLarge(long limit) => new(
        413, "Body too large", Invariant($"The body is longer than the limit of {limit:N0} bytes; send fewer pairs or shorter texts in one request."));

    public static Problem WrongMediaType(string found, string example) => new(
        415, "Wrong media type", $"The body's type is '{Shorten(found)}'; send JSON in UTF-8 with the header Content-Type: application/json. {example}");

    public static Problem WrongEncoding(string found) => new(
        415, "Wrong content encoding", $"The body's Content-Encoding is '{Shorten(found)}'; send it uncompressed, without that header.");

    public static Problem UnknownEndpoint(string name, string names) => new(
        404, "Unknown endpoint", $"There is no endpoint '{Shorten(name)}'; the endpoints are: {names}. GET /endpoints describes them.");

    public static Problem UnknownRoute(string path) => new(
        404,
        "Unknown route",
        $"There is nothing at '{Shorten(path)}'; POST a pair to /invoke or /endpoints/NAME/invoke, or GET /endpoints, /health/ready, /metrics or, for every route, /openapi/v1.json.");

    public static Problem UnknownVersion(string name, string version, string now) => new(
        404, "Unknown version", $"There is no version '{Shorten(version)}' of endpoint '{Shorten(name)}'; it is version '{now}' now.");

    public static Problem WrongMethod(string found, string allowed, string example) => new(
        405, "Wrong method", $"This route does not take {Shorten(found)}; use {allowed}." + (allowed == "POST" ? $" {example}" : ""))
    {
        Allow = allowed,
    };

    /// <summary>A body that adds an endpoint.</summary>
    public const string EndpointExample =
        """Send for example {"of": "base", "subNetwork": "small:l=6,h=6,u=1536"}, or {"checkpoint": "FOLDER", "precision": "int8", "settings": {"Weight": 2}}, """
        + """or {"cascade": ["pruned", "base"], "threshold": 0.8}.""";

    public static Problem EndpointRefused(string why) => new(422, "Endpoint not changed", $"The endpoint cannot be served so, and nothing has changed: {why}");

    public static Problem EndpointFailed(string name, string why) => new(
        500, "Endpoint not changed", $"Endpoint '{name}' could not be made ready, and nothing has changed: {why}");

    public static Problem EndpointIsDefault(string name) => new(
        409, "Default endpoint", $"'{name}' is the default endpoint, which cannot be removed; replace it with PUT, or remove another one.")
    {
        Endpoint = name,
    };

    public static Problem EndpointIsElastic(string name) => new(
        409, "Elastic endpoint", $"'{name}' is an elastic endpoint, which is changed in the configuration and by a restart; its members can be replaced and removed.")
    {
        Endpoint = name,
    };

    public static Problem ElasticUnfit(string name, string why) => new(
        409, "Elastic endpoint", $"'{name}' is a member of an elastic endpoint that it would not fit so, and nothing has changed: {why} That takes a restart; without one, give this endpoint another name.")
    {
        Endpoint = name,
    };

    public static Problem ModelIsLoaded(string name) => new(409, "Model is loaded", $"There is an endpoint '{Shorten(name)}' already; remove it first, or replace it with PUT /endpoints/NAME.");

    public static Problem NotAccurate(string name, double accuracy) => new(
        422, "Not so accurate", Invariant($"Nothing at endpoint '{name}' is measured to be as accurate as {accuracy}; ask for less. GET /endpoints lists accuracies."))
    { Endpoint = name };

    public static Problem ManagementOff() => new(
        403, "Management is off", "Endpoints of this server are not changed from here; set Endpoints:Server:Management to true if they should be.");

    public static Problem ForeignPageMayNotManage(string origin) => new(
        403, "Management is off", $"A page of the origin '{Shorten(origin)}' may not change endpoints of a server that asks for no keys; give it one that has 'manage' on its line, or do it from a program.");

    public static Problem KeyMayNotManage(string? key) => new(
        403,
        "No right to manage",
        key is null
            ? "Endpoints of this server are changed with an API key that has the right to; send one that has 'manage' on its line."
            : $"The API key '{key}' may not change endpoints; add 'manage' to its line in the keys, or send another one.");

    public static Problem TooLong(ServedEndpoint endpoint, string where) => new(
        422,
        "Text too long",
        Invariant($"{where} is longer than the {endpoint.MaxLength:N0} tokens that endpoint '{endpoint.Name}' takes; send a shorter text."))
    {
        Endpoint = endpoint.Name,
    };

    public static Problem Throttled(ServedEndpoint endpoint, Throttled throttled)
    {
        int seconds = (int)Math.Clamp(Math.Ceiling(throttled.RetryAfter.TotalSeconds), 1, int.MaxValue);
        string found = throttled.Reason == ThrottleReason.QueueDelay
            ? Invariant($"would wait about {throttled.Wait.TotalMilliseconds:F0} ms, and the limit is {endpoint.Options.MaxQueueDelay.TotalMilliseconds:F0} ms.")
            : Invariant($"would make it hold more than {endpoint.Options.MaxConcurrency:N0} rows.");
        return new(429, "Too many requests", Invariant($"Endpoint '{endpoint.Name}' is busy: this request {found} Send it again after {seconds} s."))
        {
            Endpoint = endpoint.Name,
            Reason = throttled.Reason == ThrottleReason.QueueDelay ? "queue_delay" : "concurrency",
            RetryAfter = seconds,
        };
    }

    public static Problem NoKey() => new(
        401, "No API key", "This server answers requests that have an API key; send the header Authorization: Bearer KEY, or X-Api-Key: KEY.");

    public static Problem UnknownKey() => new(401, "Unknown API key", "The API key of this request is none of this server's; check it, or ask for a new one.");

    public static Problem QuotaSpent(string key, QuotaSpent spent)
    {
        int seconds = (int)Math.Clamp(Math.Ceiling(spent.RetryAfter.TotalSeconds), 1, int.MaxValue);
        string what = spent.Quota == "requests" ? "requests a second" : "compute time";
        return new(429, "Quota spent", Invariant($"The key '{key}' has used up its quota of {what}. Send the request again after {seconds} s."))
        {
            Reason = "quota",
            RetryAfter = seconds,
        };
    }

    public static Problem Unavailable(string state) => new(503, "Not ready", $"The server is {state}; send the request again in a moment.")
    {
        Reason = state,
        RetryAfter = 1,
    };

    /// <summary>A request that could not be answered within its deadline or the endpoint's timeout.</summary>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="limit">What it had.</param>
    /// <param name="predicted">When it would have been answered, where that was predicted and it was refused at once; null where the limit passed.</param>
    public static Problem Late(ServedEndpoint endpoint, TimeSpan limit, TimeSpan? predicted) => new(
        504,
        "Deadline missed",
        predicted is { } wait
            ? Invariant($"Endpoint '{endpoint.Name}' would answer in about {wait.TotalMilliseconds:F0} ms, and the limit is {limit.TotalMilliseconds:F0} ms; it was not computed.")
            : Invariant($"Endpoint '{endpoint.Name}' had no answer within the limit of {limit.TotalMilliseconds:F0} ms."))
    {
        Endpoint = endpoint.Name,
        Reason = predicted is null ? "deadline_passed" : "deadline_unreachable",
    };

    public static Problem EngineFailed(ServedEndpoint endpoint) => new(
        500, "Engine failed", $"Endpoint '{endpoint.Name}' could not compute this request; the server's log says why.")
    { Endpoint = endpoint.Name };

    public static Problem NotANumber(ServedEndpoint endpoint) => new(
        500, "Result is no number", $"Endpoint '{endpoint.Name}' computed a result that is not a finite number; its weights are likely damaged.")
    {
        Endpoint = endpoint.Name,
    };

    public static Problem Internal() => new(500, "Internal error", "The server failed on this request; its log says why.");

    // What a client sent may be any length.
    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "...";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
