using System.Collections.Immutable;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Multitask;

/// <summary>Every parameter of a multitask network: one BERT without a classifier, and several heads on its pooled vectors.</summary>
public sealed class MultitaskParameters
{
    /// <summary>Puts heads on a trunk.</summary>
    /// <exception cref="ArgumentException">The trunk has a classifier, a head has another shape, there is no head, or two have one name.</exception>
    public MultitaskParameters(BertParameters trunk, ImmutableArray<TaskHead> heads)
    {
        if (trunk.Config.LabelCount > 0)
        {
            throw new ArgumentException("A multitask network's trunk has no classifier: expected a config without labels.", nameof(trunk));
        }

        if (heads.IsDefaultOrEmpty || heads.Select(head => head.Config.Name).Distinct().Count() != heads.Length)
        {
            throw new ArgumentException("A multitask network has at least one head, and no two of one name.", nameof(heads));
        }

        if (heads.FirstOrDefault(head => (head.Linear.Outputs, head.Linear.Inputs) != head.Config.Shape(trunk.Config.HiddenSize)) is { } wrong)
        {
            throw new ArgumentException($"The head '{wrong.Config.Name}' has a weight of {wrong.Linear.Outputs} × {wrong.Linear.Inputs}, which is not its kind's.", nameof(heads));
        }

        (Trunk, Heads) = (trunk, heads);
    }

    /// <summary>The BERT that all heads share. Sub-networks are cut from it.</summary>
    public BertParameters Trunk { get; }

    /// <summary>The heads.</summary>
    public ImmutableArray<TaskHead> Heads { get; }

    /// <summary>Parameters of a sub-network of the trunk (the sliced count) and of all heads.</summary>
    public long Count(SubNetwork subNetwork) =>
        ParameterCount.Sliced(Trunk.Config, subNetwork) + Heads.Sum(head => head.Linear.Weight.LongLength + head.Linear.Bias.LongLength);

    /// <summary>Puts fresh heads, N(0, 0.02), on the trunk of a network; its classifier is left out.</summary>
    /// <param name="source">Its weights are copied.</param>
    /// <param name="heads">The heads.</param>
    /// <param name="seed">Same seed, same heads.</param>
    public static MultitaskParameters WithFreshHeads(BertParameters source, IEnumerable<HeadConfig> heads, int seed)
    {
        var trunk = new BertParameters(source.Config with { Labels = [], ProblemType = ProblemType.SingleLabelClassification });
        foreach ((NamedTensor from, NamedTensor to) in source.Tensors().Zip(trunk.Tensors()))
        {
            from.Values.CopyTo(to.Values, 0);
        }

        var random = new Random(seed);
        return new(trunk, [.. heads.Select(head => TaskHead.Fresh(head, source.Config.HiddenSize, random))]);
    }

    /// <summary>All zeros, in the same shape: gradients.</summary>
    internal MultitaskParameters ZerosAlike() =>
        new(new BertParameters(Trunk.Config), [.. Heads.Select(head => TaskHead.Zeros(head.Config, Trunk.Config.HiddenSize))]);

    /// <summary>A copy that later changes of this one do not reach.</summary>
    public MultitaskParameters Clone()
    {
        MultitaskParameters copy = ZerosAlike();
        foreach ((NamedTensor from, NamedTensor to) in Tensors().Zip(copy.Tensors()))
        {
            from.Values.CopyTo(to.Values, 0);
        }

        return copy;
    }

    /// <summary>The head of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that there are.</exception>
    public TaskHead Head(string name) => Heads.FirstOrDefault(head => head.Config.Name == name)
        ?? throw new ArgumentException($"There is no head '{name}': expected {string.Join(" or ", Heads.Select(head => head.Config.Name))}.", nameof(name));

    /// <summary>The trunk's tensors under their Hugging Face names, then <c>heads.NAME.weight</c> and <c>heads.NAME.bias</c> of each head.</summary>
    public IEnumerable<NamedTensor> Tensors() => Trunk.Tensors().Concat(Heads.SelectMany(head => head.Tensors()));
}
