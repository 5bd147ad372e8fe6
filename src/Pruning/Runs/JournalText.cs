using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.Pruning.Runs;

/// <summary>First line of a journal.</summary>
/// <param name="Journal">Says what the file is.</param>
/// <param name="Version">Of the format.</param>
/// <param name="Hash">Of the configuration.</param>
/// <param name="Configuration">What the trials belong to.</param>
[method: JsonConstructor]
internal sealed record JournalHeader(string Journal, int Version, string Hash, RunConfiguration Configuration)
{
    public JournalHeader(RunConfiguration configuration)
        : this(JournalText.Kind, JournalText.Version, configuration.Hash(), configuration)
    {
    }
}

/// <summary>
/// The text of a journal: a header, then a trial a line. A line is finished once its newline is there; bytes after the last newline are what a
/// kill left of a line, and count for nothing.
/// </summary>
internal sealed record JournalText(JournalHeader? Header, IReadOnlyList<Trial> Trials, long FinishedLength)
{
    public const string Kind = "endpoints search";
    public const int Version = 1;
    private const byte NewLine = (byte)'\n';

    /// <summary>Every journal begins so, whatever its configuration.</summary>
    private static ReadOnlySpan<byte> Beginning => "{\"journal\":\"endpoints search\","u8;

    public static byte[] HeaderLine(RunConfiguration configuration) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(new JournalHeader(configuration), RunJson.Default.JournalHeader), NewLine];

    public static byte[] TrialLine(Trial trial) => [.. JsonSerializer.SerializeToUtf8Bytes(trial, RunJson.Default.Trial), NewLine];

    /// <summary>Reads a journal's bytes.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="InvalidDataException">The file is not a journal, or a finished line is corrupt.</exception>
    public static JournalText Parse(ReadOnlySpan<byte> bytes, string path)
    {
        int finished = bytes.LastIndexOf(NewLine) + 1;
        if (finished == 0)
        {
            int common = Math.Min(bytes.Length, Beginning.Length);
            return bytes[..common].SequenceEqual(Beginning[..common])
                ? new JournalText(null, [], 0)
                : throw new InvalidDataException($"{path} is not a search journal: move it away, or use another folder.");
        }

        JournalHeader? header = null;
        var trials = new List<Trial>();
        ReadOnlySpan<byte> rest = bytes[..finished];
        for (int line = 1; !rest.IsEmpty; line++)
        {
            int end = rest.IndexOf(NewLine);
            if (header is null)
            {
                header = ParseHeader(rest[..end], path);
            }
            else
            {
                trials.Add(ParseTrial(rest[..end], trials.Count, header.Configuration.Objectives.Count, path, line));
            }

            rest = rest[(end + 1)..];
        }

        return new JournalText(header, trials, finished);
    }

    private static JournalHeader ParseHeader(ReadOnlySpan<byte> line, string path)
    {
        if (!line.StartsWith(Beginning))
        {
            throw new InvalidDataException($"{path} is not a search journal: move it away, or use another folder.");
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

        if (header.Version != Version)
        {
            throw new InvalidDataException($"{path} line 1: the journal has version {header.Version}, this program reads version {Version}.");
        }

        return header.Hash == header.Configuration.Hash()
            ? header
            : throw new InvalidDataException($"{path} line 1: the configuration does not have the hash beside it, so the line was changed. Restore the file.");
    }

    private static Trial ParseTrial(ReadOnlySpan<byte> line, int id, int objectives, string path, int number)
    {
        string problem;
        try
        {
            Trial trial = JsonSerializer.Deserialize(line, RunJson.Default.Trial) ?? throw new JsonException("it is null");
            problem = trial.Id != id ? $"it has id {trial.Id}"
                : trial.Values.Length != objectives ? $"it has {trial.Values.Length} values for {objectives} objectives"
                : "";
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
            $"{path} line {number}: trial {id} was expected, but {problem.TrimEnd('.')}. Restore the file, or delete this line and all below it to run those trials again.");
    }
}
