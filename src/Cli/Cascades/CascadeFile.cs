using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Cascades;
using Endpoints.Pruning.Runs;
using Endpoints.Serving;
using Endpoints.Serving.Cascades;

namespace Endpoints.Cli.Cascades;

/// <summary>A cascade as <c>endpoints cascade</c> writes it and <c>endpoints serve</c> reads it: two networks, a threshold, and what was promised.</summary>
internal sealed record CascadeFile
{
    private const int ThisVersion = 1;

    /// <summary>Of the form of this file.</summary>
    public required int Version { get; init; }

    public required CascadeFileMember Small { get; init; }

    public required CascadeFileMember Large { get; init; }

    /// <summary>What both networks ran in, and are served in.</summary>
    [JsonConverter(typeof(PrecisionJsonConverter))]
    public required Precision Precision { get; init; }

    public required double Threshold { get; init; }

    public required double Temperature { get; init; }

    public required double MaxLoss { get; init; }

    public required double Confidence { get; init; }

    public required string Task { get; init; }

    /// <summary>The part or file that the threshold was chosen on; null in files of before, which do not say.</summary>
    public string? ChosenOn { get; init; }

    /// <summary>Why the promise may not hold with its confidence.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The part of the task that <see cref="Accuracy"/>, <see cref="LargeAccuracy"/> and <see cref="Escalated"/> are of.</summary>
    public required string Split { get; init; }

    public required double Accuracy { get; init; }

    public required double LargeAccuracy { get; init; }

    public required double Escalated { get; init; }

    /// <summary>The chosen cascade of a report, its figures from the part that it was checked on where there is one.</summary>
    public static CascadeFile Of(CascadeReport report, CascadeFileMember small, CascadeFileMember large)
    {
        CascadePoint chosen = report.Chosen!;
        return new CascadeFile
        {
            Version = ThisVersion,
            Small = small,
            Large = large,
            Precision = report.Precision,
            Threshold = chosen.Threshold,
            Temperature = report.Temperature,
            MaxLoss = report.MaxLoss,
            Confidence = report.Confidence,
            Task = report.Task,
            ChosenOn = report.Split,
            Warnings = report.Warnings,
            Split = report.Check?.Split ?? report.Split,
            Accuracy = report.Check?.Accuracy ?? chosen.Accuracy,
            LargeAccuracy = report.Check?.LargeAccuracy ?? report.LargeAccuracy,
            Escalated = report.Check?.Escalated ?? chosen.Escalated,
        };
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public void Write(string path)
    {
        string half = path + ".half";
        File.WriteAllBytes(half, JsonSerializer.SerializeToUtf8Bytes(this, CascadeFileJson.Default.CascadeFile));
        File.Move(half, path, overwrite: true);
    }

    /// <exception cref="FormatException">It is no such file, or not a whole one.</exception>
    public static CascadeFile Read(string path)
    {
        FormatException Broken(string why, Exception? cause = null) => new($"{path}: expected a file that 'endpoints cascade' has written, {why}. Write it anew.", cause);
        CascadeFile file;
        try
        {
            file = JsonSerializer.Deserialize(File.ReadAllBytes(path), CascadeFileJson.Default.CascadeFile) ?? throw Broken("found null");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Broken($"found what cannot be read as one ({exception.Message.TrimEnd('.')})", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path} cannot be read: {exception.Message}", exception);
        }

        return file.Version != ThisVersion ? throw Broken(FormattableString.Invariant($"found one of version {file.Version} where this program reads {ThisVersion}"))
            : file.Threshold is not (>= 0 and <= 1) ? throw Broken(FormattableString.Invariant($"found the threshold {file.Threshold}, which is no margin from 0 to 1"))
            : file.Temperature is not (> 0 and < double.PositiveInfinity) ? throw Broken(FormattableString.Invariant($"found the temperature {file.Temperature}, which is not above 0"))
            : file.Escalated is not (>= 0 and <= 1) ? throw Broken(FormattableString.Invariant($"found that a share of {file.Escalated} goes on, which is not from 0 to 1"))
            : file;
    }

    /// <summary>The endpoint that this file describes.</summary>
    /// <param name="path">Where the file is: its folders are relative to that.</param>
    /// <param name="name">The endpoint's name.</param>
    /// <param name="load">Reads a checkpoint by its full path.</param>
    /// <exception cref="FormatException">A folder has other weights now.</exception>
    public EndpointDefinition ToEndpoint(string path, string name, Func<string, Checkpoint> load)
    {
        (Checkpoint small, Checkpoint large) = (Load(Small), Load(Large));
        return new EndpointDefinition(name, large, SubNetwork.Parse(Large.SubNetwork, large.Config))
        {
            Cascade = new CascadeDefinition(small, SubNetwork.Parse(Small.SubNetwork, small.Config), Threshold)
            {
                Temperature = Temperature,
                Promise = new CascadePromise
                {
                    MaxLoss = MaxLoss,
                    Confidence = Confidence,
                    Accuracy = Accuracy,
                    LargeAccuracy = LargeAccuracy,
                    Escalated = Escalated,
                    Task = Task,
                    Split = Split,
                    MeasuredIn = Precision,
                },
            },
        };

        Checkpoint Load(CascadeFileMember member)
        {
            string folder = Path.GetFullPath(member.Folder, Path.GetDirectoryName(Path.GetFullPath(path))!);
            Checkpoint checkpoint = load(folder);
            string found = Fingerprint.Of(checkpoint.Parameters);
            return found == member.Weights ? checkpoint : throw new FormatException(
                $"{path}: its threshold was chosen for weights with fingerprint {member.Weights}, and {folder} has {found} now. Choose anew with 'endpoints cascade'.");
        }
    }
}

/// <summary>One of a cascade's networks.</summary>
/// <param name="Folder">Its checkpoint, relative to the file's own folder.</param>
/// <param name="SubNetwork">What of it.</param>
/// <param name="Weights">Fingerprint of the checkpoint's weights.</param>
internal sealed record CascadeFileMember(string Folder, string SubNetwork, string Weights)
{
    public static CascadeFileMember Of(string file, string folder, CascadeMember member) => new(
        Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFullPath(folder)), member.SubNetwork.ToString(), Fingerprint.Of(member.Checkpoint.Parameters));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true)]
[JsonSerializable(typeof(CascadeFile))]
internal sealed partial class CascadeFileJson : JsonSerializerContext;
