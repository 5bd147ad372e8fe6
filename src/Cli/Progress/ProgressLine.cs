using System.Globalization;

namespace Endpoints.Cli.Progress;

/// <summary>Progress of long work on standard error: one line that overwrites itself on a terminal, a plain line every few seconds elsewhere.</summary>
internal sealed class ProgressLine(CliHost host) : IDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan InLog = TimeSpan.FromSeconds(5);

    private readonly long _start = host.Time.GetTimestamp();
    private TimeSpan _last = TimeSpan.Zero;
    private int _width;

    /// <summary>Shows the text unless the last one is too fresh.</summary>
    public void Show(string text)
    {
        TimeSpan now = host.Time.GetElapsedTime(_start);
        if (now - _last < (host.IsInteractive ? OnTerminal : InLog))
        {
            return;
        }

        _last = now;
        if (host.IsInteractive)
        {
            host.Error.Write($"\r{text.PadRight(_width)}");
            _width = text.Length;
        }
        else
        {
            host.Error.WriteLine(text);
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void Note(string text)
    {
        Clear();
        host.Error.WriteLine(text);
    }

    public void Dispose() => Clear();

    /// <summary>Seconds or minutes left, for people.</summary>
    public static string Left(TimeSpan? left) => left is not { } time ? ""
        : time.TotalSeconds < 100 ? string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(time.TotalSeconds):0} s left")
        : string.Create(CultureInfo.InvariantCulture, $", {time.TotalMinutes:0.0} min left");

    private void Clear()
    {
        if (_width > 0)
        {
            host.Error.Write($"\r{new string(' ', _width)}\r");
            _width = 0;
        }
    }
}
