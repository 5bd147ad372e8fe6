using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.SearchMethods;

public sealed class SearchMethodTests
{
    /// <summary>Layer dropping is a plan without chance, with tests of its own.</summary>
    public static TheoryData<string> Methods => [.. Catalogs.SearchMethods.Names.Except(["layer-dropping"])];

    [Theory, MemberData(nameof(Methods))]
    public void Ask_FirstThree_AreTheInitialDesign(string name)
    {
        ISearchSpace space = Make.Small();
        Trial[] trials = Search(Create(name, space, 1), space, 3);
        Assert.Equal([space.Largest, space.Smallest, space.Midpoint], trials.Select(trial => trial.Point));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Ask_SameSeed_AsksTheSame_OtherSeed_AsksOther(string name)
    {
        ISearchSpace space = Make.Small();
        SearchPoint[] first = Points(Search(Create(name, space, 5), space, 16));
        Assert.Equal(first, Points(Search(Create(name, space, 5), space, 16)));
        Assert.NotEqual(first, Points(Search(Create(name, space, 6), space, 16)));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Tell_TrialsOfAKilledSearch_ContinuesAsIfUndisturbed(string name)
    {
        ISearchSpace space = Make.Small();
        Trial[] whole = Search(Create(name, space, 5), space, 25);
        int step = name is "ehvi" or "lsbo" or "rsbo" ? 8 : 1; // a second each
        for (int finished = 0; finished < whole.Length; finished += step)
        {
            ISearchMethod resumed = Create(name, space, 5);
            foreach (Trial trial in whole.Take(finished))
            {
                resumed.Tell(trial);
            }

            Assert.Equal(Points(whole[finished..]), Points(Search(resumed, space, whole.Length - finished, finished)));
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Ask_UntilNothingIsLeft_FindsEverySubNetworkOnceAndEnds(string name)
    {
        // No layer, or one layer with 1 or 2 heads and 1 to 3 units: 7 sub-networks.
        ISearchSpace space = Make.Small(Make.Config(layers: 1, heads: 2, units: 3));
        ISearchMethod method = Create(name, space, 2);
        Trial[] trials = Search(method, space, 100);
        Assert.Equal(7, trials.Length);
        Assert.Equal(7, trials.Select(trial => trial.SubNetwork).Distinct().Count());
        Assert.Null(method.Ask());
    }

    /// <summary>Workers ask before others have told, and tell in any order.</summary>
    [Theory, MemberData(nameof(Methods))]
    public void Ask_SeveralBeforeTheFirstIsTold_AsksForNoSubNetworkTwice(string name)
    {
        ISearchSpace space = Make.Small();
        ISearchMethod method = Create(name, space, 4);
        var pending = new List<(int Id, SearchPoint Point)>();
        var seen = new HashSet<SubNetwork>();
        var order = new Random(1);
        for (int id = 0; id < 30; id++)
        {
            SearchPoint point = method.Ask()!;
            Assert.True(seen.Add(space.SubNetworkAt(point)), $"trial {id}");
            pending.Add((id, point));
            if (pending.Count == 4)
            {
                (int Id, SearchPoint Point) told = pending[order.Next(4)];
                pending.Remove(told);
                method.Tell(TrialOf(space, told.Id, told.Point));
            }
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Tell_AnyOrder_AsksTheSame(string name)
    {
        ISearchSpace space = Make.Small();
        Trial[] trials = Search(Create(name, space, 5), space, 14);
        ISearchMethod forwards = Create(name, space, 5);
        ISearchMethod backwards = Create(name, space, 5);
        foreach ((Trial trial, Trial other) in trials.Zip(trials.Reverse()))
        {
            forwards.Tell(trial);
            backwards.Tell(other);
        }

        Assert.Equal(forwards.Ask(), backwards.Ask());
    }

    [Theory, MemberData(nameof(Methods))]
    public void Expect_TrialOfAnotherWorker_IsNotAskedForAgain(string name)
    {
        ISearchSpace space = Make.Small();
        Trial[] trials = Search(Create(name, space, 5), space, 12);
        ISearchMethod resumed = Create(name, space, 5);
        foreach (Trial trial in trials[..10])
        {
            resumed.Tell(trial);
        }

        resumed.Expect(11, trials[11].Point);
        resumed.Expect(10, trials[10].Point);
        for (int i = 0; i < 5; i++)
        {
            Assert.DoesNotContain(space.SubNetworkAt(resumed.Ask()!), trials.Select(trial => space.SubNetworkAt(trial.Point)));
        }
    }

    [Fact]
    public void Ask_LocalSearch_AsksForNeighboursOfTheFront()
    {
        ISearchSpace space = Make.Small(Make.Config(layers: 6, heads: 6, units: 64));
        Trial[] trials = Search(Create("local", space, 9), space, 40);
        int neighbours = 0;
        for (int i = 4; i < trials.Length; i++)
        {
            Trial[] front = [.. trials.Take(i).Where(trial => !trials.Take(i).Any(other => Beats(other, trial)))];
            Assert.Contains(front, member => Differences(member.Point, trials[i].Point) == 1);
            neighbours += trials.Take(i).Except(front).Any(loser => Differences(loser.Point, trials[i].Point) == 1) ? 0 : 1;
        }

        // That is no accident of a small space: most are neighbours of the front alone.
        Assert.True(neighbours > 10, $"{neighbours}");
    }

    private static ISearchMethod Create(string name, ISearchSpace space, int seed) => Catalogs.SearchMethods.Create(name, new SearchContext(space, seed));

    private static Trial[] Search(ISearchMethod method, ISearchSpace space, int count, int start = 0)
    {
        var trials = new List<Trial>();
        while (trials.Count < count && method.Ask() is { } point)
        {
            Trial trial = TrialOf(space, start + trials.Count, point);
            method.Tell(trial);
            trials.Add(trial);
        }

        return [.. trials];
    }

    private static Trial TrialOf(ISearchSpace space, int id, SearchPoint point)
    {
        SubNetwork subNetwork = space.SubNetworkAt(point);
        long parameters = ParameterCount.Sliced(space.SuperNetwork, subNetwork);
        return new Trial
        {
            Id = id,
            Point = point,
            SubNetwork = subNetwork.ToString(),
            Values = [1.0 / (1 + (point.Values[0] * (point.Values[1] + (point.Values[2] % 3)))), parameters],
            Parameters = parameters,
            PaperParameters = parameters,
        };
    }

    private static SearchPoint[] Points(Trial[] trials) => [.. trials.Select(trial => trial.Point)];

    private static int Differences(SearchPoint a, SearchPoint b) => a.Values.Zip(b.Values).Count(pair => pair.First != pair.Second);

    private static bool Beats(Trial a, Trial b) =>
        a.Values[0] <= b.Values[0] && a.Values[1] <= b.Values[1] && (a.Values[0] < b.Values[0] || a.Values[1] < b.Values[1]);
}
