using System.Globalization;

namespace Endpoints.Serving.Metrics;

/// <summary>The labels of an endpoint's answers, made once for each status.</summary>
internal sealed class ResponseTags(string endpoint, int version = 1)
{
    /// <summary>Of a request whose client left before its answer; no server sends it.</summary>
    public const int ClientLeft = 499;

    /// <summary>The statuses whose series exist before the first request.</summary>
    public static readonly int[] Usual = [200, 400, 408, 413, 415, 422, 424, 429, ClientLeft, 500, 503, 504];

    private readonly KeyValuePair<string, object?>[]?[] _byStatus = new KeyValuePair<string, object?>[]?[600];

    public KeyValuePair<string, object?>[] Of(int status) => _byStatus[status] ??=
    [
        new("endpoint", endpoint), new("version", version.ToString(CultureInfo.InvariantCulture)), new("code", status.ToString(CultureInfo.InvariantCulture)),
    ];
}
