using System.Globalization;
using System.Text;
using System.Text.Json;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Onnx;

/// <summary>Writes classifiers as ONNX files (operator set 17), for other runtimes.</summary>
/// <remarks>
/// Inputs <c>input_ids</c>, <c>attention_mask</c> (1 for a token, 0 for padding) and <c>token_type_ids</c> are int64 of (batch × sequence), both dimensions
/// dynamic; the output <c>logits</c> is float32 of (batch × labels). The file says in its metadata how to read the logits: <c>labels</c> (a JSON array in
/// logit order), <c>problem_type</c>, <c>max_length</c>, <c>pad_token_id</c>, <c>sub_network</c>, <c>precision</c>.
/// </remarks>
public static class OnnxExport
{
    /// <summary>Writes a sub-network in its own smaller shapes: the file holds nothing of what was pruned.</summary>
    /// <param name="path">File to write. It appears when it is complete; one that is there is replaced.</param>
    /// <param name="parameters">The super-network's weights.</param>
    /// <param name="subNetwork">A choice made for their shape; null for all of it.</param>
    /// <param name="precision">float32, or int8: quantised dynamically, weights symmetric with a scale for each output.</param>
    /// <returns>Bytes of the file.</returns>
    /// <exception cref="ArgumentException">The precision is bfloat16, or the sub-network was made for another shape.</exception>
    /// <exception cref="NotSupportedException">The file would exceed what the format can hold (2.1 GB).</exception>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    public static long Write(string path, BertParameters parameters, SubNetwork? subNetwork = null, Precision precision = Precision.Float32)
    {
        ILinearNodes linear = precision switch
        {
            Precision.Float32 => new Float32LinearNodes(),
            Precision.Int8 => new Int8LinearNodes(),
            _ => throw new ArgumentException("Expected float32 or int8 for an ONNX file, found bfloat16, which runtimes for ONNX do not compute on CPUs.", nameof(precision)),
        };
        BertParameters kept = subNetwork is null || subNetwork.Equals(SubNetwork.Full(parameters.Config))
            ? parameters
            : SubNetworkExtractor.Extract(parameters, subNetwork);
        return OnnxFile.Write(path, BertGraph.Build(kept, linear), Metadata(kept.Config, subNetwork, precision));
    }

    private static Dictionary<string, string> Metadata(BertConfig config, SubNetwork? subNetwork, Precision precision) => new()
    {
        ["labels"] = JsonArray(config.Labels),
        ["problem_type"] = ProblemTypeName.Of(config.ProblemType),
        ["max_length"] = config.MaxSequenceLength.ToString(CultureInfo.InvariantCulture),
        ["pad_token_id"] = config.PadTokenId.ToString(CultureInfo.InvariantCulture),
        ["sub_network"] = subNetwork?.ToString() ?? "full",
        ["precision"] = precision == Precision.Int8 ? "int8" : "float32",
    };

    private static string JsonArray(IEnumerable<string> values)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (string value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
