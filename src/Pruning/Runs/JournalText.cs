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

/// <summary>The text of a journal: a header, then a trial a line.</summary>
internal static class JournalText
{
    public const string Kind = "endpoints search";
    public const int Version = 1;
    public const byte NewLine = (byte)'\n';

    public static byte[] HeaderLine(RunConfiguration configuration) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(new JournalHeader(configuration), RunJson.Default.JournalHeader), NewLine];

    public static byte[] TrialLine(Trial trial) => [.. JsonSerializer.SerializeToUtf8Bytes(trial, RunJson.Default.Trial), NewLine];
}
