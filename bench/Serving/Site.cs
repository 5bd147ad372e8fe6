using System.Diagnostics;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bench.Serving;

/// <summary>Where servers are measured: the program that serves, and models with random weights in a folder that is removed afterwards.</summary>
/// <param name="program">The published file; null: the build beside this benchmark.</param>
internal sealed class Site(string? program) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>What serves, for the report.</summary>
    public string Program => program is null ? "dotnet endpoints.dll, as built" : $"{Path.GetFileName(program)}, {new FileInfo(program).Length / 1e6:F1} MB";

    public static WordPieceTokenizer Tokenizer { get; } = WordPieceTokenizer.Load(Path.Combine(Repository.Root, "tests", "vocab", "uncased"));

    /// <summary>As small as the demo's: 2 layers of 64.</summary>
    public static BertConfig Tiny { get; } = BertConfig.Uniform(30_522, 64, 2, 2, 256, 128, "entailment", "not_entailment");

    /// <summary>BERT mini: 4 layers of 256, where computing outweighs HTTP.</summary>
    public static BertConfig Mini { get; } = BertConfig.Uniform(30_522, 256, 4, 4, 1024, 512, "entailment", "not_entailment");

    /// <summary>A folder below which PUT may load models.</summary>
    public string Models => _folder.Path;

    /// <summary>A folder to write to.</summary>
    public string Scratch => _folder.File("scratch");

    /// <summary>The folder of a model of that shape, written when it is first asked for.</summary>
    public string Model(string name, BertConfig config)
    {
        string folder = _folder.File(name);
        if (!Directory.Exists(folder))
        {
            CheckpointFolder.Save(folder, new Checkpoint { Config = config, Parameters = BertParameters.Random(config, 1), Tokenizer = Tokenizer });
        }

        return folder;
    }

    /// <summary>How to start it; arguments are still to be added.</summary>
    public ProcessStartInfo Start() => program is null
        ? ServeProcess.Start()
        : new ProcessStartInfo(program);

    public void Dispose() => _folder.Dispose();
}
