using System.Net;
using System.Text.Json.Serialization;
using Endpoints.Hub.Transfer;

namespace Endpoints.Hub;

/// <summary>What <c>/api/models/ID/revision/REVISION</c> answers, as far as it is needed.</summary>
internal sealed record RepositoryAnswer(string? Sha, RepositoryFile[]? Siblings);

/// <summary>A file of a repository.</summary>
internal sealed record RepositoryFile(string? Rfilename);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RepositoryAnswer))]
internal sealed partial class HubJson : JsonSerializerContext;

/// <summary>What the hub means by refusing, and what the user can do.</summary>
internal static class Refusals
{
    public static HubException Of(HttpResponseMessage response, HubSettings settings, RepositoryId id, string revision, string? file)
    {
        string hub = HttpTransport.Display(settings.Endpoint).TrimEnd('/');
        string code = response.Headers.TryGetValues("X-Error-Code", out IEnumerable<string>? values) ? values.First() : "";
        return new HubException((response.StatusCode, code) switch
        {
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, "GatedRepo") =>
                $"{id} is gated: accept its terms at {hub}/{id} and set HF_TOKEN to a token of the account that did{Sent(settings)}.",
            (HttpStatusCode.Unauthorized, _) =>
                $"{hub} has no model {id} that {(settings.Token is null ? "everyone may read: check the id, and set HF_TOKEN if it is private or gated" : "the token may read: check the id, and that the token is valid")}.",
            (HttpStatusCode.Forbidden, _) =>
                $"{hub} forbids reading {id}: ask its owner for access and set HF_TOKEN to a token of that account{Sent(settings)}.",
            (HttpStatusCode.NotFound, "RevisionNotFound") => $"{id} at {hub} has no revision '{revision}': expected a branch, a tag or a commit, for example main.",
            (HttpStatusCode.NotFound, "EntryNotFound") => $"{id} at {hub} has no file {file} at {revision}.",
            (HttpStatusCode.NotFound, "RepoNotFound" or "") when file is null => $"{hub} has no model {id} with a revision '{revision}': check the id and --revision.",
            _ => $"{hub} answered {(int)response.StatusCode} {response.StatusCode} for {id} at {revision}{(file is null ? "" : $", file {file}")}: expected the file or its description.",
        });
    }

    private static string Sent(HubSettings settings) => settings.Token is null ? " (no token was sent)" : " (the token that was sent does not do)";
}
