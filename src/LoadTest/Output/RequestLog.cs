using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Output;

/// <summary>
/// A CSV file with a line for each attempt, written beside the test: users put an entry into a queue of bounded length and go on. When the disk is slower
/// than the test, entries are dropped and counted; the test never waits. No text of a request or an answer is written.
/// </summary>
internal sealed class RequestLog : IAsyncDisposable
{
    public const string Header =
        "target,stage,pair,attempt,planned_us,sent_us,answered_us,outcome,status,correct,difference,queue_us,compute_us\n";

    private const int QueueLength = 1 << 16;
    private const int BufferBytes = 1 << 18;
    private static readonly string[] Outcomes = ["ok", "throttled", "timedout", "refused", "wrong"];
    private readonly Channel<Entry> _entries;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly StreamWriter _file;
    private readonly Task _writing;
    private long _written;
    private long _dropped;

    /// <param name="stream">Where lines go; closed at the end.</param>
    /// <param name="queueLength">Entries that may wait to be written.</param>
    /// <param name="time">The clock.</param>
    /// <param name="start">Timestamp that times count from.</param>
    public RequestLog(Stream stream, int queueLength, TimeProvider time, long start)
    {
        (_time, _start) = (time, start);
        _entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(queueLength) { SingleReader = true });
        _file = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferBytes);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>A log in a file, which is replaced.</summary>
    /// <exception cref="LoadTestException">The file cannot be made.</exception>
    public static RequestLog Create(string path, TimeProvider time, long start)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
            return new RequestLog(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read), QueueLength, time, start);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"The request log {path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Lines written, and entries that found the queue full or the disk unwilling.</summary>
    public RequestLogFigures Figures => new(Volatile.Read(ref _written), Volatile.Read(ref _dropped)) { Problem = Problem };

    private string? Problem { get; set; }

    /// <summary>Notes an attempt; never waits.</summary>
    /// <param name="target">Whose.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="attempt">0 for the first.</param>
    /// <param name="planned">Timestamp of when the request was to be sent.</param>
    /// <param name="sent">Timestamp of when this attempt was sent.</param>
    /// <param name="answer">What came of it.</param>
    public void Note(TargetUnderTest target, Question question, int attempt, long planned, long sent, in Answer answer)
    {
        var entry = new Entry(
            target.Target.Name, target.Stage, question.Pair, attempt, Since(planned), Since(sent), Since(sent) + (long)answer.Latency.TotalMicroseconds,
            answer.Outcome, answer.Status, answer.Correct, answer.Difference, answer.Timing);
        if (!_entries.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is left and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private long Since(long timestamp) => (long)_time.GetElapsedTime(_start, timestamp).TotalMicroseconds;

    private async Task WriteAsync()
    {
        try
        {
            await using (_file.ConfigureAwait(false))
            {
                await _file.WriteAsync(Header).ConfigureAwait(false);
                await foreach (Entry entry in _entries.Reader.ReadAllAsync().ConfigureAwait(false))
                {
                    Write(entry);
                    Volatile.Write(ref _written, _written + 1);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The test is worth more than its log: it goes on, and the log says that it ends here.
            Problem = exception.Message;
            await foreach (Entry _ in _entries.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                Interlocked.Increment(ref _dropped);
            }
        }
    }

    private void Write(in Entry entry)
    {
        string name = entry.Target.AsSpan().ContainsAny(",\"\r\n") ? $"\"{entry.Target.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : entry.Target;
        _file.Write(string.Create(CultureInfo.InvariantCulture,
            $"{name},{entry.Stage},{entry.Pair + 1},{entry.Attempt + 1},{entry.Planned},{entry.Sent},{entry.Answered},{Outcomes[(int)entry.Outcome]},{entry.Status},"));
        _file.Write(string.Create(CultureInfo.InvariantCulture,
            $"{entry.Correct switch { true => "1", false => "0", null => "" }},{entry.Difference:R},{entry.Timing?.Queue},{entry.Timing?.Compute}\n"));
    }

    private readonly record struct Entry(
        string Target, int Stage, int Pair, int Attempt, long Planned, long Sent, long Answered, Outcome Outcome, int Status, bool? Correct, double? Difference, ServerTiming? Timing);
}

/// <summary>How much of a test its request log holds.</summary>
/// <param name="Written">Lines written.</param>
/// <param name="Dropped">Attempts that are missing, for the disk did not keep up.</param>
public sealed record RequestLogFigures(long Written, long Dropped)
{
    /// <summary>Why nothing more could be written from some time on; null when that did not happen.</summary>
    public string? Problem { get; init; }
}
