using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Objectives;

/// <summary>Parameters by the paper's own count, which takes W_O in full wherever a head is left: an over-count, for comparison with its figures.</summary>
internal sealed class PaperParameterObjective(BertConfig superNetwork) : IExactObjective
{
    public string Name => "paper-parameters";

    public string Unit => "";

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add("paper-parameters", context => new PaperParameterObjective(context.SuperNetwork.Config));

    public double ValueOf(SubNetwork subNetwork) => ParameterCount.Paper(superNetwork, subNetwork);
}
