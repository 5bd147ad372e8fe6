using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>What an AWS client says to the SageMaker runtime, and what it understands as an error.</summary>
internal sealed class RuntimeFormat(ServerOptions options) : MediaFormat
{
    /// <inheritdoc/>
    public override Problem? CheckHeaders(HttpRequest request) => RuntimeHeaders.Check(request) ?? base.CheckHeaders(request);

    /// <inheritdoc/>
    public override void AddHeaders(HttpContext context) => RuntimeHeaders.Add(context);

    /// <inheritdoc/>
    public override void WriteProblem(HttpContext context, Problem problem)
    {
        RuntimeError error = RuntimeError.Of(problem, options.SageMakerThrottleAs400);
        RuntimeHeaders.Add(context, error, problem);
        ProblemWriter.Write(context, problem, error.Status, "application/json", error.ToBody(problem));
    }
}
