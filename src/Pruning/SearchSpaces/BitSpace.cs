using System.Collections.Immutable;
using Endpoints.Bert;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>
/// What spaces of bits have in common. The paper's rule (section 3.1 of Structural Pruning of Pre-trained Language Models via NAS): draw how many of the
/// K bits are set, uniformly from 0 to K, then which. So every size is as likely as any other, where independent coins would almost always set half.
/// </summary>
internal abstract class BitSpace(BertConfig superNetwork, IEnumerable<string> names)
    : IntegerSpace(superNetwork, [.. names.Select(name => new Dimension(name, 0, 1))])
{
    /// <summary>The first half of the bits clear, the second set, as the published baselines have it.</summary>
    public override SearchPoint Midpoint => new([.. Enumerable.Range(0, Dimensions.Length).Select(i => i < Dimensions.Length / 2 ? 0 : 1)]);

    public override SearchPoint Sample(Random random)
    {
        int[] bits = new int[Dimensions.Length];
        int wanted = random.Next(bits.Length + 1);

        // Each bit in turn is set with the chance that makes every choice of the wanted number equally likely: one pass, no list of indices.
        for (int i = 0; wanted > 0; i++)
        {
            if (random.Next(bits.Length - i) < wanted)
            {
                bits[i] = 1;
                wanted--;
            }
        }

        return new SearchPoint(ImmutableArray.Create(bits));
    }
}
