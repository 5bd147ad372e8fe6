using System.Globalization;
using System.Text;

namespace Endpoints.LoadTest.Metrics;

/// <summary>Samples of a page in Prometheus' text form.</summary>
internal sealed class MetricsText
{
    private readonly List<Sample> _samples = [];

    /// <summary>Reads what can be read; lines of another form are passed over, for a page may hold more than counters.</summary>
    public static MetricsText Parse(string text)
    {
        var metrics = new MetricsText();
        foreach (string line in text.Split('\n'))
        {
            if (!line.StartsWith('#') && ReadLine(line.TrimEnd('\r')) is { } sample)
            {
                metrics._samples.Add(sample);
            }
        }

        return metrics;
    }

    /// <summary>The sum of a family's samples that carry all of these labels; null when there is none.</summary>
    public double? Sum(string name, params (string Name, string Value)[] labels)
    {
        double[] values = [.. _samples
            .Where(sample => sample.Name == name && labels.All(label => sample.Labels.TryGetValue(label.Name, out string? value) && value == label.Value))
            .Select(sample => sample.Value)];
        return values.Length == 0 ? null : values.Sum();
    }

    private static Sample? ReadLine(string line)
    {
        int brace = line.IndexOf('{', StringComparison.Ordinal);
        int nameEnd = brace >= 0 ? brace : line.IndexOf(' ', StringComparison.Ordinal);
        if (nameEnd <= 0)
        {
            return null;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        int at = brace < 0 ? nameEnd : ReadLabels(line, brace + 1, labels);
        string[] rest = at < 0 ? [] : line[at..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return rest.Length > 0 && double.TryParse(rest[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? new Sample(line[..nameEnd].Trim(), labels, value)
            : null;
    }

    /// <summary>Reads <c>name="value",...}</c>; returns the place after the brace, or -1 when the text is not of that form.</summary>
    private static int ReadLabels(string line, int at, Dictionary<string, string> labels)
    {
        while (at < line.Length && line[at] != '}')
        {
            int equals = line.IndexOf("=\"", at, StringComparison.Ordinal);
            if (equals < 0)
            {
                return -1;
            }

            string name = line[at..equals].Trim(' ', ',');
            var value = new StringBuilder();
            for (at = equals + 2; at < line.Length && line[at] != '"'; at++)
            {
                if (line[at] == '\\' && at + 1 < line.Length)
                {
                    at++;
                }

                value.Append(line[at - 1] == '\\' && line[at] == 'n' ? '\n' : line[at]);
            }

            labels[name] = value.ToString();
            at++;
            while (at < line.Length && line[at] is ',' or ' ')
            {
                at++;
            }
        }

        return at < line.Length ? at + 1 : -1;
    }

    private sealed record Sample(string Name, Dictionary<string, string> Labels, double Value);
}
