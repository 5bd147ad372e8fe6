using System.Globalization;
using System.Text;
using Endpoints.Bert;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>A line for each row: the label and its score, or a regression's value.</summary>
internal sealed class CsvAnswer : AnswerForm
{
    public static readonly CsvAnswer Instance = new();

    /// <inheritdoc/>
    public override string ContentType => "text/csv; charset=utf-8";

    /// <inheritdoc/>
    public override string NameOf(int row) => string.Create(CultureInfo.InvariantCulture, $"Row {row + 1}");

    /// <inheritdoc/>
    public override void Write(AnswerBuffer answer, ServedEndpoint endpoint, PendingRequest request)
    {
        var lines = new StringBuilder();
        var scores = new float[endpoint.LabelCount];
        for (int row = 0; row < request.RowCount; row++)
        {
            ReadOnlySpan<float> logits = request.LogitsOf(row);
            if (endpoint.ProblemType == ProblemType.Regression)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{logits[0]}\n");
                continue;
            }

            int best = Scores.Softmax(logits, scores, endpoint.TemperatureOf(request, row));
            lines.Append(CultureInfo.InvariantCulture, $"{Quote(endpoint.Description.Labels[best])},{scores[best]}\n");
        }

        Encoding.UTF8.GetBytes(lines.ToString(), answer.Bytes);
    }

    private static string Quote(string label) =>
        label.AsSpan().ContainsAny("\",\r\n") ? $"\"{label.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : label;
}
