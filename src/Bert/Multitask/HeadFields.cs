using System.Collections.Immutable;
using System.Text.Json;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Multitask;

/// <summary>The heads in a <c>config.json</c>: <c>"endpoint_heads": [{"name": "sentiment", "kind": "classification", "labels": ["0", "1"]}, ..]</c>.</summary>
internal static class HeadFields
{
    /// <exception cref="CheckpointException">They are missing, or one is not described right.</exception>
    public static ImmutableArray<HeadConfig> Read(JsonFields fields)
    {
        if (fields.Value(ConfigFile.HeadsField) is null)
        {
            throw new CheckpointException(
                $"{fields.Owner}: expected \"{ConfigFile.HeadsField}\", the heads of a multitask network, found none: 'endpoints multitask train --model' puts heads on a BERT.");
        }

        JsonFields[] items = fields.Objects(ConfigFile.HeadsField);
        HeadConfig[] heads = [.. items.Select(ReadOne)];
        return heads.Length > 0 && heads.Select(head => head.Name).Distinct().Count() == heads.Length
            ? [.. heads]
            : throw fields.Failure(ConfigFile.HeadsField, "one head or more, and no two of one name");
    }

    public static void Write(Utf8JsonWriter json, IEnumerable<HeadConfig> heads)
    {
        json.WriteStartArray(ConfigFile.HeadsField);
        foreach (HeadConfig head in heads)
        {
            json.WriteStartObject();
            json.WriteString("name", head.Name);
            json.WriteString("kind", HeadKindName.Of(head.Kind));
            if (head.Kind == HeadKind.SiameseCosine)
            {
                json.WriteNumber("scale", head.Scale);
            }
            else
            {
                json.WriteStartArray("labels");
                foreach (string label in head.Labels)
                {
                    json.WriteStringValue(label);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static HeadConfig ReadOne(JsonFields fields)
    {
        HeadKind kind = HeadKindName.Find(fields.Text("kind")) ?? throw fields.Failure("kind", HeadKindName.All);
        try
        {
            return new HeadConfig(fields.Text("name") ?? "", kind, [.. fields.Texts("labels")], fields.Number("scale", float.Epsilon, float.MaxValue, absent: 5));
        }
        catch (ArgumentException wrong)
        {
            throw new CheckpointException($"{fields.Owner}: {wrong.Message}", wrong);
        }
    }
}
