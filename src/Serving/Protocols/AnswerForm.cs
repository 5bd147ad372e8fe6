using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Protocols;

/// <summary>How the answer to one request is put: it follows from how the request was put. Forms without state are shared by all requests.</summary>
internal abstract class AnswerForm
{
    /// <summary>The answer's media type.</summary>
    public virtual string ContentType => "application/json";

    /// <summary>Writes the answer of a computed request, every logit of which is finite.</summary>
    public abstract void Write(AnswerBuffer answer, ServedEndpoint endpoint, PendingRequest request);

    /// <summary>What the client calls a row, for messages: for example <c>pairs[3]</c>.</summary>
    public abstract string NameOf(int row);
}
