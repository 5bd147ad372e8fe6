using System.Buffers;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols;

/// <summary>How one protocol speaks: which bodies it takes, what they mean, and how its answers and problems look. One instance serves every request.</summary>
internal abstract class WireFormat
{
    /// <summary>A sentence with a body that would have been right.</summary>
    public abstract string Example { get; }

    /// <summary>Looks at a request's headers, before a byte of its body is read. Null: they are fine.</summary>
    public abstract Problem? CheckHeaders(HttpRequest request);

    /// <summary>Reads a whole body.</summary>
    /// <param name="request">The request's headers.</param>
    /// <param name="body">Valid during this call only.</param>
    /// <param name="endpoint">Whom the request is for.</param>
    /// <param name="maxRows">Most rows that a request may have.</param>
    /// <param name="invocation">What the body asks for.</param>
    /// <returns>Null when <paramref name="invocation"/> is valid, else what is wrong with the body.</returns>
    public abstract Problem? Read(HttpRequest request, in ReadOnlySequence<byte> body, ServedEndpoint endpoint, int maxRows, out Invocation invocation);

    /// <summary>Adds the headers that an answer of this protocol has beside the usual ones.</summary>
    public virtual void AddHeaders(HttpContext context)
    {
    }

    /// <summary>Answers with a problem, in this protocol's shape.</summary>
    public abstract void WriteProblem(HttpContext context, Problem problem);
}
