using System.Text.Json;

namespace Endpoints.Pruning.Runs;

/// <summary>
/// Reads a journal as it grows. A line is finished once its newline is there; bytes after the last newline are what a kill left of a line, and
/// count for nothing.
/// </summary>
/// <param name="path">For messages.</param>
internal sealed class JournalReader(string path)
{
    private readonly HashSet<int> _ids = [];
    private int _lines;

    /// <summary>Every journal begins so, whatever its configuration.</summary>
    private static ReadOnlySpan<byte> Beginning => "{\"journal\":\"endpoints search\","u8;

    /// <summary>The first line; null until it was read.</summary>
    public JournalHeader? Header { get; private set; }

    /// <summary>Bytes of the finished lines read.</summary>
    public long FinishedLength { get; private set; }

    /// <summary>Trials read.</summary>
    public int Count => _ids.Count;

    public bool Has(int id) => _ids.Contains(id);

    /// <summary>Bytes of a file of that length that were not read.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than what was read of it.</exception>
    public long Remaining(long length) => length >= FinishedLength
        ? length - FinishedLength
        : throw new InvalidDataException($"{path} lost lines while it was in use: it had {FinishedLength} bytes and has {length}. Restore the file.");

    /// <summary>Reads what follows the finished lines read before.</summary>
    /// <returns>The trials of the lines that are finished.</returns>
    /// <exception cref="InvalidDataException">The file is not a journal, or a finished line is corrupt.</exception>
    public IReadOnlyList<Trial> Read(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> rest = bytes[..(bytes.LastIndexOf(JournalText.NewLine) + 1)];
        if (Header is null && rest.IsEmpty && !Beginning.StartsWith(bytes[..Math.Min(bytes.Length, Beginning.Length)]))
        {
            throw NotAJournal();
        }

        var trials = new List<Trial>();
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf(JournalText.NewLine);
            _lines++;
            if (Header is null)
            {
                Header = ParseHeader(rest[..end]);
            }
            else
            {
                trials.Add(ParseTrial(rest[..end], Header.Configuration.Objectives.Count));
            }

            FinishedLength += end + 1;
            rest = rest[(end + 1)..];
        }

        return trials;
    }

    private JournalHeader ParseHeader(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Beginning))
        {
            throw NotAJournal();
        }

        JournalHeader header;
        try
        {
            header = JsonSerializer.Deserialize(line, RunJson.Default.JournalHeader)!;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} line 1: the header cannot be read ({exception.Message.TrimEnd('.')}). Restore the file, or use another folder.", exception);
        }

        if (header.Version != JournalText.Version)
        {
            throw new InvalidDataException($"{path} line 1: the journal has version {header.Version}, this program reads version {JournalText.Version}.");
        }

        return header.Hash == header.Configuration.Hash()
            ? header
            : throw new InvalidDataException($"{path} line 1: the configuration does not have the hash beside it, so the line was changed. Restore the file.");
    }

    private Trial ParseTrial(ReadOnlySpan<byte> line, int objectives)
    {
        string problem;
        try
        {
            Trial trial = JsonSerializer.Deserialize(line, RunJson.Default.Trial) ?? throw new JsonException("it is null");
            problem = trial.Id < 0 ? $"it has id {trial.Id}"
                : trial.Values.Length != objectives ? $"it has {trial.Values.Length} values for {objectives} objectives"
                : _ids.Add(trial.Id) ? "" : $"trial {trial.Id} is there already";
            if (problem.Length == 0)
            {
                return trial;
            }
        }
        catch (JsonException exception)
        {
            problem = exception.Message;
        }

        throw new InvalidDataException(
            $"{path} line {_lines}: a trial was expected, but {problem.TrimEnd('.')}. Restore the file, or delete this line to run its trial again.");
    }

    private InvalidDataException NotAJournal() => new($"{path} is not a search journal: move it away, or use another folder.");
}
