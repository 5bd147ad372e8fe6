using System.Globalization;
using System.Text;
using OpenTelemetry;

namespace Endpoints.Serving.Metrics;

/// <summary>Writes the Prometheus text exposition format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Starts a family: its help and type lines.</summary>
    /// <returns>The Prometheus name: dots become underscores, the unit and for counters <c>_total</c> are appended.</returns>
    public string Family(string name, string unit, string type, string description)
    {
        string full = name.Replace('.', '_') + unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" } + (type == "counter" ? "_total" : "");
        _text.Append("# HELP ").Append(full).Append(' ').Append(Escape(description, quotes: false)).Append('\n');
        _text.Append("# TYPE ").Append(full).Append(' ').Append(type).Append('\n');
        return full;
    }

    /// <param name="name">The sample's name.</param>
    /// <param name="labels">As <see cref="Labels"/> makes them; empty for none.</param>
    /// <param name="value">The value.</param>
    public void Sample(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>A histogram's bucket with the count of values up to a bound.</summary>
    public void Bucket(string name, string labels, double bound, long cumulative) =>
        Sample($"{name}_bucket", labels + (labels.Length > 0 ? "," : "") + Label("le", Number(bound)), cumulative);

    public static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new StringBuilder();
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            labels.Append(labels.Length > 0 ? "," : "").Append(Label(tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? ""));
        }

        return labels.ToString();
    }

    public static string Label(string name, string value) => $"{name}=\"{Escape(value, quotes: true)}\"";

    public override string ToString() => _text.ToString();

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }
}
