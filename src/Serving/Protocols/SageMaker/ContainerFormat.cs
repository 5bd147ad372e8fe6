using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>What the SageMaker platform says to a model's container. It hands a problem on to its own client, wrapped, so the problem is ours as it is.</summary>
internal sealed class ContainerFormat : MediaFormat
{
    public static readonly ContainerFormat Instance = new();

    /// <inheritdoc/>
    public override void WriteProblem(HttpContext context, Problem problem) => ProblemWriter.Write(context, problem);
}
