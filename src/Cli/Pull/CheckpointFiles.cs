using System.Globalization;
using System.Text.RegularExpressions;
using Endpoints.Hub;

namespace Endpoints.Cli.Pull;

/// <summary>Which of a repository's files make a checkpoint that the other commands read.</summary>
internal static partial class CheckpointFiles
{
    private const string Config = "config.json";
    private const string Weights = "model.safetensors";
    private const string Index = "model.safetensors.index.json";

    private static readonly string[] Optional = ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "endpoint.json"];

    /// <summary>Chooses; small files first, so that what is wrong shows before the weights are on their way.</summary>
    /// <exception cref="HubException">The files make no such checkpoint.</exception>
    public static IReadOnlyList<string> Choose(RepositorySnapshot repository) => Missing(repository.Files) is { } missing
        ? throw new HubException($"{(repository.IsFromCache ? "HF_HUB_OFFLINE is set, and in the cache " : "")}{repository.Id} at {repository.Revision} {missing}.")
        : [Config, .. Tokenizer(repository.Files), .. Optional.Where(repository.Files.Contains), .. WeightFiles(repository.Files)];

    /// <summary>True when the files make a whole checkpoint.</summary>
    public static bool AreWhole(IReadOnlyList<string> files) => Missing(files) is null;

    /// <summary>What is wrong with the files, as the end of a sentence; null if nothing is.</summary>
    private static string? Missing(IReadOnlyList<string> files)
    {
        if (!files.Contains(Config))
        {
            return $"has no {Config}: expected the repository of a BERT or RoBERTa model";
        }

        if (!Tokenizer(files).Any())
        {
            return "has neither vocab.txt, nor vocab.json with merges.txt, nor tokenizer.json: expected one of them for its tokenizer";
        }

        if (files.Contains(Weights))
        {
            return null;
        }

        if (files.Contains(Index))
        {
            return HasAllShards(files) ? null : $"has {Index}, and not all of the shards that their names count";
        }

        return files.Contains("pytorch_model.bin")
            ? $"has its weights only as pytorch_model.bin, a pickle, which can run code and is not read: expected {Weights}. Look for it in the repository's pull requests "
                + "(--revision refs/pr/NUMBER), or save the model again in Python with save_pretrained(..., safe_serialization=True)"
            : $"has neither {Weights} nor {Index}: expected its weights in one of them";
    }

    private static IEnumerable<string> Tokenizer(IReadOnlyList<string> files)
    {
        bool hasPairs = files.Contains("vocab.json") && files.Contains("merges.txt");
        return ((string[])["vocab.txt", .. hasPairs ? ["vocab.json", "merges.txt"] : Array.Empty<string>(), "tokenizer.json"]).Where(files.Contains);
    }

    private static IEnumerable<string> WeightFiles(IReadOnlyList<string> files) => files.Contains(Weights) ? [Weights] : [Index, .. files.Where(file => Shard().IsMatch(file))];

    private static bool HasAllShards(IReadOnlyList<string> files)
    {
        Match[] shards = [.. files.Select(file => Shard().Match(file)).Where(match => match.Success)];
        return shards.Length > 0 && shards.Length == int.Parse(shards[0].Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^model-[0-9]{5}-of-([0-9]{5})\\.safetensors\\z")]
    private static partial Regex Shard();
}
