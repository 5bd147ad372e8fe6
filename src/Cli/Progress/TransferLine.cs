using System.Globalization;
using Endpoints.Hub.Transfer;

namespace Endpoints.Cli.Progress;

/// <summary>Shows a download: bytes, share, the rate of the last seconds and the time left at that rate.</summary>
internal sealed class TransferLine(CliHost host) : ITransferProgress, IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly ProgressLine _line = new(host);
    private readonly long _start = host.Time.GetTimestamp();
    private readonly Queue<(TimeSpan At, long Done)> _recent = [];
    private string? _name;

    public void Report(string name, long done, long? total)
    {
        TimeSpan now = host.Time.GetElapsedTime(_start);
        if (name != _name || (_recent.Count > 0 && done < _recent.Last().Done))
        {
            // Another file, or the same one from its beginning.
            _name = name;
            _recent.Clear();
        }

        // One sample every tenth of the window: a fast connection reports thousands of times a second.
        if (_recent.Count == 0 || now - _recent.Last().At >= Window / 10)
        {
            _recent.Enqueue((now, done));
        }

        while (_recent.Count > 1 && now - _recent.Peek().At > Window)
        {
            _recent.Dequeue();
        }

        (TimeSpan since, long before) = _recent.Peek();
        double rate = now > since ? (done - before) / (now - since).TotalSeconds : 0;
        TimeSpan? left = rate > 0 && total is { } all ? TimeSpan.FromSeconds(Math.Min((all - done) / rate, TimeSpan.FromDays(365).TotalSeconds)) : null;
        _line.Show(string.Create(CultureInfo.InvariantCulture, $"{name}: {Size(done)}{Share(done, total)}{(rate > 0 ? $", {rate / 1e6:0.0} MB/s" : "")}{ProgressLine.Left(left)}"));
    }

    public void Note(string text) => _line.Note(text);

    public void Dispose() => _line.Dispose();

    /// <summary>Bytes for people.</summary>
    public static string Size(long bytes) => bytes < 100_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    private static string Share(long done, long? total) => total is { } all and > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {Size(all)}, {(double)done / all:0 %}") : "";
}
