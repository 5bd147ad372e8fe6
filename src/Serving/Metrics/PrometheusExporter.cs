using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Endpoints.Serving.Metrics;

/// <summary>Renders collected metrics as Prometheus text.</summary>
/// <param name="histograms">Shown with zeros where they have no value yet.</param>
internal sealed class PrometheusExporter(IReadOnlyList<DeclaredHistogram> histograms) : BaseExporter<Metric>
{
    /// <summary>What the last collection gave.</summary>
    public byte[] Text { get; private set; } = [];

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        var text = new PrometheusText();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Metric metric in batch)
        {
            seen.Add(metric.Name);
            Write(text, metric, histograms.FirstOrDefault(histogram => histogram.Name == metric.Name));
        }

        foreach (DeclaredHistogram histogram in histograms.Where(histogram => !seen.Contains(histogram.Name)))
        {
            string name = text.Family(histogram.Name, histogram.Unit, "histogram", histogram.Description);
            WriteZeros(text, name, histogram, []);
        }

        Text = Encoding.UTF8.GetBytes(text.ToString());
        return ExportResult.Success;
    }

    private static void Write(PrometheusText text, Metric metric, DeclaredHistogram? declared)
    {
        string type = metric.MetricType switch
        {
            MetricType.Histogram => "histogram",
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            _ => "gauge",
        };
        string name = text.Family(metric.Name, metric.Unit, type, metric.Description);
        var filled = new HashSet<string>(StringComparer.Ordinal);
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
        {
            string labels = PrometheusText.Labels(point.Tags);
            filled.Add(labels);
            switch (metric.MetricType)
            {
                case MetricType.Histogram:
                    WriteHistogram(text, name, labels, in point);
                    break;
                case MetricType.LongSum:
                    text.Sample(name, labels, point.GetSumLong());
                    break;
                case MetricType.DoubleSum:
                    text.Sample(name, labels, point.GetSumDouble());
                    break;
                case MetricType.LongGauge:
                    text.Sample(name, labels, point.GetGaugeLastValueLong());
                    break;
                default:
                    text.Sample(name, labels, point.GetGaugeLastValueDouble());
                    break;
            }
        }

        if (declared is not null)
        {
            WriteZeros(text, name, declared, filled);
        }
    }

    private static void WriteHistogram(PrometheusText text, string name, string labels, in MetricPoint point)
    {
        long cumulative = 0;
        foreach (HistogramBucket bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            text.Bucket(name, labels, bucket.ExplicitBound, cumulative);
        }

        text.Sample($"{name}_sum", labels, point.GetHistogramSum());
        text.Sample($"{name}_count", labels, point.GetHistogramCount());
    }

    private static void WriteZeros(PrometheusText text, string name, DeclaredHistogram histogram, HashSet<string> filled)
    {
        foreach (string labels in histogram.Endpoints.Select(endpoint => PrometheusText.Label("endpoint", endpoint)).Where(labels => !filled.Contains(labels)))
        {
            foreach (double bound in histogram.Bounds)
            {
                text.Bucket(name, labels, bound, 0);
            }

            text.Bucket(name, labels, double.PositiveInfinity, 0);
            text.Sample($"{name}_sum", labels, 0);
            text.Sample($"{name}_count", labels, 0);
        }
    }
}
