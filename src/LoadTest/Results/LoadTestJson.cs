using System.Text.Json.Serialization;

namespace Endpoints.LoadTest.Results;

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadTestResult))]
internal sealed partial class LoadTestJson : JsonSerializerContext;
