using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Objectives;

/// <summary>Parameters that the extracted sub-network holds (the sliced count). The paper's own count is recorded with every trial.</summary>
internal sealed class ParameterObjective(BertConfig superNetwork) : IExactObjective
{
    public string Name => "parameters";

    public string Unit => "";

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add("parameters", context => new ParameterObjective(context.SuperNetwork.Config));

    public double ValueOf(SubNetwork subNetwork) => ParameterCount.Sliced(superNetwork, subNetwork);
}
