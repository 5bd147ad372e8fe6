using System.Buffers;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols.Pairs;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>Version 1's <c>:predict</c>: <c>instances</c> in, <c>predictions</c> out, each as the server's own protocol has it.</summary>
internal sealed class InstancesFormat : JsonFormat
{
    /// <summary>The one instance.</summary>
    public static readonly InstancesFormat Instance = new();

    /// <inheritdoc/>
    public override string Example =>
        """Send for example {"instances": [{"premise": "A dog runs.", "hypothesis": "An animal moves."}, {"text": "..."}]}.""";

    /// <inheritdoc/>
    public override void WriteProblem(HttpContext context, Problem problem) => ErrorOnly.Write(context, problem);

    /// <inheritdoc/>
    protected override string? Parse(in ReadOnlySequence<byte> body, ServedEndpoint endpoint, int maxRows, out Invocation invocation)
    {
        string? fault = PairsParser.ParseMany(body, "instances", maxRows, out InputRow[] rows);
        invocation = new Invocation(rows, PredictionsAnswer.Instance);
        return fault;
    }
}
