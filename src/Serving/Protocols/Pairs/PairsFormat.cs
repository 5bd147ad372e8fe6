using System.Buffers;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols.Pairs;

/// <summary>The server's own protocol: a pair, a text, or an array of them; problems as RFC 9457 has them.</summary>
internal sealed class PairsFormat : JsonFormat
{
    /// <summary>The one instance.</summary>
    public static readonly PairsFormat Instance = new();

    /// <inheritdoc/>
    public override string Example =>
        """Send for example {"premise": "A dog runs.", "hypothesis": "An animal moves."}, """
        + """or several as {"pairs": [{"premise": "...", "hypothesis": "..."}, ...]}.""";

    /// <inheritdoc/>
    public override void WriteProblem(HttpContext context, Problem problem) => ProblemWriter.Write(context, problem);

    /// <inheritdoc/>
    protected override string? Parse(in ReadOnlySequence<byte> body, ServedEndpoint endpoint, int maxRows, out Invocation invocation) =>
        PairsParser.Parse(body, maxRows, out invocation);
}
