using System.Text.Json.Serialization;
using Endpoints.Pruning.Runs.Storage.Folders;
using Endpoints.Pruning.Runs.Workers;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Runs;

/// <summary>JSON of a run's files, one line each.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JournalHeader))]
[JsonSerializable(typeof(RunConfiguration))]
[JsonSerializable(typeof(Trial))]
[JsonSerializable(typeof(ValidationTruth))]
[JsonSerializable(typeof(SearchPoint))]
[JsonSerializable(typeof(FolderClaim[]))]
[JsonSerializable(typeof(RunEnvironment))]
internal sealed partial class RunJson : JsonSerializerContext;

/// <summary>JSON of a run's results, indented for readers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(FrontDocument))]
internal sealed partial class FrontJson : JsonSerializerContext;
