using Endpoints.Pruning.Tasks.Demo;

namespace Endpoints.Tests.Pruning.Tasks.Demo;

/// <summary>What must not give the label away: one sentence alone, and how many words the two have in common.</summary>
public class DemoGeneratorTests
{
    private static readonly DemoGenerator Generator = new(seed: 11);
    private static readonly IReadOnlyList<DemoPair> Train = Generator.Draw(12_000);
    private static readonly IReadOnlyList<DemoPair> Test = Generator.Draw(1_000);

    [Fact]
    public void Draw_Twice_SharesNoSentence()
    {
        IEnumerable<string> Sentences(IReadOnlyList<DemoPair> pairs) => pairs.SelectMany(pair => new[] { $"{pair.Premise}", $"{pair.Hypothesis}" });
        Assert.Empty(Sentences(Train).Intersect(Sentences(Test)));
    }

    [Fact]
    public void Draw_Always_GivesEverySentenceBothLabels()
    {
        Assert.All(Train.GroupBy(pair => $"{pair.Premise}"), group => Assert.Equal([false, true], group.Select(pair => pair.Entails).Order()));
        Assert.All(Train.GroupBy(pair => $"{pair.Hypothesis}"), group => Assert.Equal([false, true], group.Select(pair => pair.Entails).Order()));
    }

    [Fact]
    public void Draw_Always_GivesShortSentences()
    {
        int[] lengths = [.. Train.Select(pair => $"{pair.Premise} {pair.Hypothesis}".Split(' ').Length + 3)];
        Assert.InRange(lengths.Average(), 12, 20);
        Assert.InRange(lengths.Max(), 20, 32);
    }

    [Fact]
    public void HypothesisAlone_NaiveBayes_IsAtChance() => Assert.InRange(NaiveBayes(pair => $"{pair.Hypothesis}"), 0.45, 0.55);

    [Fact]
    public void PremiseAlone_NaiveBayes_IsAtChance() => Assert.InRange(NaiveBayes(pair => $"{pair.Premise}"), 0.45, 0.55);

    /// <summary>The check of the checks: the same classifier does find a clue where there is one.</summary>
    [Fact]
    public void NaiveBayes_LabelGivenAway_FindsIt() => Assert.Equal(1, NaiveBayes(pair => pair.Entails ? "some dogs" : "all dogs"));

    [Fact]
    public void CommonWords_BestThreshold_DoesNotSolveIt()
    {
        static double Share(DemoPair pair)
        {
            string[] premise = $"{pair.Premise}".Split(' ');
            string[] hypothesis = $"{pair.Hypothesis}".Split(' ');
            return (double)premise.Intersect(hypothesis).Count() / premise.Union(hypothesis).Count();
        }

        double best = Enumerable.Range(0, 101).Max(percent => Test.Average(pair => (Share(pair) >= percent / 100.0) == pair.Entails ? 1.0 : 0));
        Assert.True(best <= 0.9, $"Counting common words is right {best:P0} of the time.");
    }

    /// <summary>Test accuracy of a naive Bayes classifier over words and pairs of neighbouring words.</summary>
    private static double NaiveBayes(Func<DemoPair, string> textOf)
    {
        static IEnumerable<string> Features(string text)
        {
            string[] words = ["^", .. text.Split(' '), "$"];
            return words.Concat(words.Zip(words.Skip(1), (one, next) => $"{one} {next}"));
        }

        Dictionary<string, double> Frequencies(bool entails) => Train.Where(pair => pair.Entails == entails)
            .SelectMany(pair => Features(textOf(pair))).CountBy(feature => feature).ToDictionary(feature => feature.Key, feature => (double)feature.Value);
        Dictionary<string, double> yes = Frequencies(entails: true);
        Dictionary<string, double> no = Frequencies(entails: false);
        return Test.Average(pair =>
        {
            double odds = Features(textOf(pair)).Sum(feature => Math.Log((yes.GetValueOrDefault(feature) + 1) / (no.GetValueOrDefault(feature) + 1)));
            return (odds >= 0) == pair.Entails ? 1.0 : 0;
        });
    }
}
