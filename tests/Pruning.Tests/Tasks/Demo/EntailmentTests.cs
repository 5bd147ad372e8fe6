using Endpoints.Pruning.Tasks.Demo;

namespace Endpoints.Tests.Pruning.Tasks.Demo;

/// <summary>Holds the calculus's labels against truth in random worlds: entailment exactly where no world makes the premise true and the hypothesis false.</summary>
public class EntailmentTests
{
    private const int Pairs = 600;
    private const int MostWorlds = 60_000;
    private const int WorldsForYes = 3_000;

    [Fact]
    public void Holds_RandomPairs_AgreesWithRandomWorlds()
    {
        var random = new Random(5);
        int supported = 0;
        foreach (DemoPair pair in new DemoGenerator(seed: 3).Draw(Pairs))
        {
            (int premiseHeld, string? counterModel) = Search(random, pair);
            if (pair.Entails)
            {
                Assert.True(counterModel is null, $"'{pair.Premise}' does not entail '{pair.Hypothesis}'.");
                supported += premiseHeld > 0 ? 1 : 0;
            }
            else
            {
                Assert.True(counterModel is not null, $"'{pair.Premise}' seems to entail '{pair.Hypothesis}': no counter-model in {MostWorlds} worlds.");
            }
        }

        // An entailment is only tested in worlds where the premise holds.
        Assert.True(supported >= 0.95 * Pairs / 2, $"The premise held in some world for only {supported} of {Pairs / 2} entailments.");
    }

    private static (int PremiseHeld, string? CounterModel) Search(Random random, DemoPair pair)
    {
        string premise = pair.Premise.ToString();
        string hypothesis = pair.Hypothesis.ToString();
        string[] words = [.. premise.Split(' '), .. hypothesis.Split(' ')];
        bool Mentioned(Word word) => words.Contains(word.Text);
        Word[] nouns = [.. Lexicon.Nouns.Where(noun => Mentioned(noun))];
        Word[] others = [.. Lexicon.Actions.Concat(Lexicon.Qualities).Where(Mentioned)];
        Word[] relations = [.. Lexicon.Relations.Where(relation => Mentioned(relation) || words.Contains(Lexicon.Participle(relation)))];
        int held = 0;
        for (int i = 0; i < (pair.Entails ? WorldsForYes : MostWorlds); i++)
        {
            var world = new SmallWorld(random, nouns, others, relations);
            if (world.Satisfies(premise))
            {
                held++;
                if (!world.Satisfies(hypothesis))
                {
                    return (held, $"{i}");
                }
            }
        }

        return (held, null);
    }
}
