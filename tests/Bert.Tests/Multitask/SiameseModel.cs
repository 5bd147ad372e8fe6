using System.Text.Json;
using System.Text.Json.Nodes;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Multitask;

/// <summary>A folder of tests/golden/siamese: a trunk with three heads, pairs of sentences, and what each head must compute.</summary>
internal sealed class SiameseModel : IDisposable
{
    private readonly (int[][] A, int[][] B) _sentences;

    private SiameseModel(string folder)
    {
        Folder = folder;
        Outputs = new TensorBundle(Path.Combine(folder, "outputs.safetensors"));
        Tolerances = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tolerances.json"))).RootElement;
        Parameters = Load(folder);
        _sentences = (Sentences("a"), Sentences("b"));
    }

    /// <summary>Every golden siamese network, as theory rows of folder and head.</summary>
    public static TheoryData<string, string> AllHeads
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (string folder in Golden.Find("siamese", "*", directories: true))
            {
                foreach (string head in (string[])["sentiment", "paraphrase", "similarity"])
                {
                    rows.Add(folder, head);
                }
            }

            return rows;
        }
    }

    public static TheoryData<string> All => Golden.Find("siamese", "*", directories: true);

    public string Folder { get; }

    public TensorBundle Outputs { get; }

    public JsonElement Tolerances { get; }

    public MultitaskParameters Parameters { get; }

    public int Pairs => _sentences.A.Length;

    public static SiameseModel Open(string row) => new(Golden.Found(row));

    /// <summary>The sequences of a head's examples: a's alone, or a and b by turns.</summary>
    public TokenBatch Batch(string head)
    {
        var batch = new TokenBatch();
        for (int i = 0; i < Pairs; i++)
        {
            batch.Add(_sentences.A[i], new int[_sentences.A[i].Length]);
            if (head != "sentiment")
            {
                batch.Add(_sentences.B[i], new int[_sentences.B[i].Length]);
            }
        }

        return batch;
    }

    public ILoss Loss(string head)
    {
        double[] labels = Outputs.Doubles($"{head}.labels");
        return head switch
        {
            "sentiment" => new CrossEntropyLoss(labels.Select(label => (int)label).ToArray()),
            "paraphrase" => new BinaryCrossEntropyLoss(labels.Select(label => (int)label).ToArray()),
            _ => new AbsoluteErrorLoss(labels.Select(label => (float)label).ToArray()),
        };
    }

    public string OutputName(string head) => head == "similarity" ? "similarity.scores" : $"{head}.logits";

    public double[] Expected(string head) => Outputs.Doubles($"f64.{OutputName(head)}");

    /// <summary>As the fixtures' README allows.</summary>
    public double AllowedForward(string output) => Allowed(Tolerances.GetProperty("forward").GetProperty(output));

    public static double Allowed(JsonElement tolerance) =>
        (10 * tolerance.GetProperty("max_abs_diff_f32_run").GetDouble()) + (1e-6 * tolerance.GetProperty("max_abs_f64").GetDouble());

    public void Dispose() => Outputs.Dispose();

    /// <summary>Reads the fixture's weights with the product's own reader, from a copy whose config names the heads in its words.</summary>
    private static MultitaskParameters Load(string folder)
    {
        using var copy = new TemporaryFolder();
        File.Copy(Path.Combine(folder, "model.safetensors"), copy.File("model.safetensors"));
        JsonNode config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")))!;
        config["endpoint_heads"] = JsonNode.Parse("""
            [{"name": "sentiment", "kind": "classification", "labels": ["0", "1", "2", "3", "4"]},
             {"name": "paraphrase", "kind": "siamese_concatenation", "labels": ["no", "yes"]},
             {"name": "similarity", "kind": "siamese_cosine", "scale": 5}]
            """);
        File.WriteAllText(copy.File("config.json"), config.ToJsonString());
        return MultitaskCheckpoint.Load(copy.Path, new NoTokenizer(1)).Parameters;
    }

    private int[][] Sentences(string side)
    {
        int[] tokens = Outputs.Integers($"{side}.input_ids");
        int padded = Outputs.Shape($"{side}.input_ids")[1];
        return [.. Outputs.Integers($"{side}.lengths").Select((length, i) => tokens.AsSpan(i * padded, length).ToArray())];
    }
}
