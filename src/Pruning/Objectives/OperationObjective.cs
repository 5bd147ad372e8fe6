using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// Billions of floating-point operations for one sequence of the task's mean length, every layer for every token and a multiply-add as two, as the literature counts them (Kwon et al. 2022
/// count multiply-adds: half). What the engine really runs is less, for its last layer computes one token only.
/// </summary>
internal sealed class OperationObjective(BertConfig superNetwork, double meanLength) : IExactObjective
{
    public string Name => "flops";

    public string Unit => "GFLOP";

    public static double MeanLength(LabelledEncodings examples) => examples.Encodings.Average(encoding => encoding.Ids.Length);

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add(
        "flops", context => new OperationObjective(context.SuperNetwork.Config, MeanLength(context.Validation.Examples)));

    public double ValueOf(SubNetwork subNetwork) => OperationCount.Full(superNetwork, subNetwork, meanLength) / 1e9;
}
