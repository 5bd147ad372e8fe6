using System.Globalization;
using System.Text;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Elastic;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Cascades;

/// <summary>Say in a cascade's answer which network answered which row, in every protocol.</summary>
internal static class CascadeHeaders
{
    /// <summary>Rows that the large network answered, counted from 0, as <c>2,5-7</c>; absent where it answered none.</summary>
    public const string Escalated = "X-Escalated";

    /// <summary>Clients bound what a header may hold: a longer list is left out, the body of the server's own protocol still has it.</summary>
    private const int LongestList = 4096;

    public static void Add(HttpResponse response, ServedCascade cascade, PendingRequest request)
    {
        int escalated = Enumerable.Range(0, request.RowCount).Count(request.IsEscalated);
        response.Headers[ElasticHeaders.AnsweredBy] = escalated == 0 ? cascade.Definition.Small
            : escalated == request.RowCount ? cascade.Definition.Large
            : $"{cascade.Definition.Small}, {cascade.Definition.Large}";
        if (escalated > 0 && Ranges(request) is { Length: <= LongestList } list)
        {
            response.Headers[Escalated] = list;
        }
    }

    private static string Ranges(PendingRequest request)
    {
        var list = new StringBuilder();
        for (int row = 0; row < request.RowCount; row++)
        {
            if (!request.IsEscalated(row))
            {
                continue;
            }

            int first = row;
            while (row + 1 < request.RowCount && request.IsEscalated(row + 1))
            {
                row++;
            }

            list.Append(list.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{first}");
            if (row > first)
            {
                list.Append(CultureInfo.InvariantCulture, $"-{row}");
            }
        }

        return list.ToString();
    }
}
