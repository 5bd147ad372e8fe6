namespace Endpoints.Bert.Multitask;

/// <summary>A head with its weights.</summary>
/// <param name="Config">What it computes.</param>
/// <param name="Linear">Its linear layer, in the shape that <see cref="HeadKind"/> says.</param>
public sealed record TaskHead(HeadConfig Config, LinearParameters Linear)
{
    internal const string TensorPrefix = "heads";

    /// <summary>All zeros.</summary>
    internal static TaskHead Zeros(HeadConfig config, int hiddenSize)
    {
        (int outputs, int inputs) = config.Shape(hiddenSize);
        return new(config, new LinearParameters(outputs, inputs));
    }

    /// <summary>N(0, 0.02) weights, zero bias.</summary>
    internal static TaskHead Fresh(HeadConfig config, int hiddenSize, Random random)
    {
        TaskHead head = Zeros(config, hiddenSize);
        BertParameters.FillNormal(head.Linear.Weight, random, 0.02f);
        return head;
    }

    /// <summary><c>heads.NAME.weight</c> and <c>heads.NAME.bias</c>.</summary>
    internal NamedTensor[] Tensors() =>
    [
        new($"{TensorPrefix}.{Config.Name}.weight", [Linear.Outputs, Linear.Inputs], Linear.Weight),
        new($"{TensorPrefix}.{Config.Name}.bias", [Linear.Outputs], Linear.Bias),
    ];
}
