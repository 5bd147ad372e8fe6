using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Cascades;

/// <summary>Examples that a cascade's threshold is chosen on.</summary>
/// <param name="Name">What reports call them: a part of the task, or a file's name.</param>
/// <param name="Examples">At least one.</param>
public sealed record HeldOutExamples(string Name, IReadOnlyList<Example> Examples);
