using System.Globalization;
using Endpoints.Serving.Catalog;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Elastic;

/// <summary>Say in an elastic endpoint's answer which member gave it, in every protocol.</summary>
internal static class ElasticHeaders
{
    public const string AnsweredBy = "X-Answered-By";
    public const string Accuracy = "X-Accuracy";

    public static void Add(HttpResponse response, ServedEndpoint member)
    {
        response.Headers[AnsweredBy] = member.Name;
        if (member.Description.Accuracy is { } accuracy)
        {
            response.Headers[Accuracy] = accuracy.ToString(CultureInfo.InvariantCulture);
        }
    }
}
