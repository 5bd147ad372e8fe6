using System.Globalization;

namespace Endpoints.LoadTest.Profiles;

/// <summary>The stages of a load test, in order: all of them closed loops or all of them open ones.</summary>
public sealed record LoadProfile
{
    /// <summary>The most virtual users in a stage.</summary>
    public const int MaxUsers = 100_000;

    /// <summary>The most requests a second in a stage.</summary>
    public const int MaxRate = 1_000_000;

    private const int MaxStages = 1_000;
    private static readonly Kind Users = new("number of users", "expected a number (10), a list (1,2,4,8) or a rising range (5..100)", MaxUsers);

    private static readonly Kind Rates = new(
        "rate of requests a second", "expected a number (100), a list (100,200,400), a rising range (100..2000) or, within a list, a ramp (100->500)", MaxRate);

    /// <summary>A profile of at least one stage.</summary>
    /// <exception cref="LoadTestException">There is no stage, one has no load or no duration, or closed and open loops are mixed.</exception>
    public LoadProfile(IReadOnlyList<LoadStage> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        if (stages.Count is 0 or > MaxStages)
        {
            throw new LoadTestException($"The load profile has {stages.Count} stages: give 1 to {MaxStages}.");
        }

        if (stages.FirstOrDefault(stage => !stage.IsOpen && (stage.Users is < 1 or > MaxUsers || stage.Duration <= TimeSpan.Zero)) is { } bad)
        {
            throw new LoadTestException($"A stage of {bad.Users} users for {bad.Duration.TotalSeconds} s cannot run: give 1 to {MaxUsers} users and more than 0 s.");
        }

        if (stages.FirstOrDefault(stage => stage.IsOpen && !(IsRate(stage.Rate!.Value) && IsRate(stage.RateTo ?? 1) && stage.Duration > TimeSpan.Zero)) is { } unfit)
        {
            throw new LoadTestException(
                $"A stage of {unfit.Level} requests a second for {unfit.Duration.TotalSeconds} s cannot run: give more than 0, at most {MaxRate}, and more than 0 s.");
        }

        if (stages.Any(stage => stage.IsOpen != stages[0].IsOpen))
        {
            throw new LoadTestException("The load profile mixes users and arrival rates, which cannot be compared: run one load test for each.");
        }

        Stages = stages;
    }

    /// <summary>The stages, in order.</summary>
    public IReadOnlyList<LoadStage> Stages { get; }

    /// <summary>Do requests arrive at a rate of their own, whatever the answers do?</summary>
    public bool IsOpen => Stages[0].IsOpen;

    /// <summary>How long all stages take together.</summary>
    public TimeSpan Duration => Stages.Aggregate(TimeSpan.Zero, (sum, stage) => sum + stage.Duration);

    /// <summary>Reads stages of virtual users from text as users type it.</summary>
    /// <param name="users">A number (<c>10</c>), a list (<c>1,2,4,8</c>) or a rising range (<c>5..100</c>); a range ends at its upper end exactly.</param>
    /// <param name="step">Users that a range rises by from stage to stage; null for about ten stages. Not for lists.</param>
    /// <param name="stage">Duration of every stage, such as <c>10s</c>.</param>
    /// <exception cref="LoadTestException">A text is not of that form.</exception>
    public static LoadProfile Parse(string users, int? step, string stage)
    {
        ArgumentNullException.ThrowIfNull(users);
        TimeSpan duration = Durations.Parse(stage, "stage");
        return new LoadProfile([.. RangeOf(users, step, Users)?.Select(count => new LoadStage(count, duration))
            ?? users.Split(',').Select(text => new LoadStage(Whole(text, users, Users), duration))]);
    }

    /// <summary>Reads stages of arrival rates from text as users type it.</summary>
    /// <param name="rates">
    /// Requests a second: a number (<c>100</c>), a list (<c>100,200,400</c>) or a rising range (<c>100..2000</c>); an entry of a list may be a ramp
    /// (<c>100->500</c>), within whose stage the rate rises or falls evenly.
    /// </param>
    /// <param name="step">Requests a second that a range rises by from stage to stage; null for about ten stages. Not for lists.</param>
    /// <param name="stage">Duration of every stage, such as <c>10s</c>.</param>
    /// <exception cref="LoadTestException">A text is not of that form.</exception>
    public static LoadProfile ParseRates(string rates, int? step, string stage)
    {
        ArgumentNullException.ThrowIfNull(rates);
        TimeSpan duration = Durations.Parse(stage, "stage");
        return new LoadProfile([.. RangeOf(rates, step, Rates)?.Select(rate => LoadStage.Open(rate, duration)) ?? rates.Split(',').Select(Entry)]);

        LoadStage Entry(string text)
        {
            string[] ends = text.Split("->");
            return ends.Length > 2
                ? throw Bad(rates, Rates, "it has more than one '->' in an entry")
                : LoadStage.Open(Number(ends[0], rates), duration, ends.Length == 2 ? Number(ends[1], rates) : null);
        }
    }

    private static bool IsRate(double rate) => rate is > 0 and <= MaxRate;

    /// <summary>The numbers of a rising range; null when the text is none.</summary>
    private static int[]? RangeOf(string text, int? step, Kind kind)
    {
        string[] ends = text.Split("..");
        return ends.Length switch
        {
            1 when step is null => null,
            1 => throw new LoadTestException($"A step of {step} goes with a range such as 5..100, not with '{text}': leave the step out or give a range."),
            2 => Range(Whole(ends[0], text, kind), Whole(ends[1], text, kind), step, text, kind),
            _ => throw Bad(text, kind, "it has more than one '..'"),
        };
    }

    private static int[] Range(int from, int to, int? step, string text, Kind kind)
    {
        if (to < from)
        {
            throw Bad(text, kind, $"{to} is less than {from}");
        }

        int rise = step ?? Math.Max(1, (int)Math.Round((to - from) / 9.0));
        if (rise < 1)
        {
            throw new LoadTestException($"The step is {rise}: give what a stage adds to the one before, 1 or more.");
        }

        if ((to - from) / rise >= MaxStages)
        {
            throw new LoadTestException($"The range {text} in steps of {rise} makes more than {MaxStages} stages: give a larger step.");
        }

        var counts = new List<int>();
        for (int count = from; count < to; count += rise)
        {
            counts.Add(count);
        }

        return [.. counts, to];
    }

    private static int Whole(string text, string all, Kind kind) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1 && count <= kind.Max
            ? count
            : throw Bad(all, kind, $"'{text.Trim()}' is not a whole number from 1 to {kind.Max}");

    private static double Number(string text, string all) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) && IsRate(rate)
            ? rate
            : throw Bad(all, Rates, $"'{text.Trim()}' is not a number above 0, at most {MaxRate}");

    private static LoadTestException Bad(string text, Kind kind, string because) => new($"'{text}' is not a {kind.Noun}: {because}; {kind.Expected}.");

    /// <summary>What the numbers of a profile are.</summary>
    private sealed record Kind(string Noun, string Expected, int Max);
}
