using System.Text.Json.Serialization;

namespace Endpoints.LoadTest.Results;

[JsonSourceGenerationOptions(
    WriteIndented = true,
    UseStringEnumConverter = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(HistogramText)])]
[JsonSerializable(typeof(LoadTestResult))]
internal sealed partial class LoadTestJson : JsonSerializerContext;
