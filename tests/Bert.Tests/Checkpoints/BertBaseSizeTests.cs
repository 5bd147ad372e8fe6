using System.Diagnostics;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Tests;
using Xunit.Abstractions;

namespace Endpoints.Bert.Tests.Checkpoints;

/// <summary>The real size, once: 109 million parameters, 438 MB on disk.</summary>
public sealed class BertBaseSizeTests(ITestOutputHelper output)
{
    [Fact]
    public void Save_ThenLoad_RestoresEveryWeight()
    {
        var parameters = new BertParameters(BertConfig.Base());
        float[] noise = [.. BertParameters.Random(CheckpointWorkshop.Config, 1).WordEmbeddings, 0.5f];
        foreach (NamedTensor tensor in parameters.Tensors())
        {
            Repeat(noise, tensor.Values);
        }

        using var folder = new TemporaryFolder();
        var tokenizer = new NoTokenizer(30_522);
        TimeProvider clock = TimeProvider.System;
        long start = clock.GetTimestamp();
        CheckpointFolder.Save(folder.Path, new Checkpoint { Config = parameters.Config, Parameters = parameters, Tokenizer = tokenizer });
        TimeSpan saved = clock.GetElapsedTime(start);
        start = clock.GetTimestamp();
        Checkpoint loaded = CheckpointFolder.Load(folder.Path, new CheckpointLoadOptions { Tokenizer = tokenizer });
        TimeSpan took = clock.GetElapsedTime(start);
        CheckpointWorkshop.AssertEqual(parameters, loaded.Parameters);

        using var process = Process.GetCurrentProcess();
        output.WriteLine(
            $"{new FileInfo(folder.File("model.safetensors")).Length:N0} bytes: saved in {saved.TotalSeconds:F2} s, "
            + $"loaded in {took.TotalSeconds:F2} s, at most {process.PeakWorkingSet64 >> 20:N0} MiB resident.");
        Assert.InRange(process.PeakWorkingSet64, 0, 2L << 30);
    }

    /// <summary>Fills by doubling; the pattern's length of 73 has no common factor with any width, so no two rows are alike.</summary>
    private static void Repeat(float[] pattern, Span<float> values)
    {
        int filled = Math.Min(pattern.Length, values.Length);
        pattern.AsSpan(0, filled).CopyTo(values);
        for (; filled < values.Length; filled *= 2)
        {
            int count = Math.Min(filled, values.Length - filled);
            values[..count].CopyTo(values[filled..]);
        }
    }
}
