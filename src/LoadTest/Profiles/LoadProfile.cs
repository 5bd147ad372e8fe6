using System.Globalization;

namespace Endpoints.LoadTest.Profiles;

/// <summary>The stages of a load test, in order.</summary>
public sealed record LoadProfile
{
    /// <summary>The most virtual users in a stage.</summary>
    public const int MaxUsers = 100_000;

    private const int MaxStages = 1_000;
    private const string Expected = "expected a number (10), a list (1,2,4,8) or a rising range (5..100)";

    /// <summary>A profile of at least one stage.</summary>
    /// <exception cref="LoadTestException">There is no stage, or one has no users or no duration.</exception>
    public LoadProfile(IReadOnlyList<LoadStage> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        if (stages.Count is 0 or > MaxStages)
        {
            throw new LoadTestException($"The load profile has {stages.Count} stages: give 1 to {MaxStages}.");
        }

        if (stages.FirstOrDefault(stage => stage.Users is < 1 or > MaxUsers || stage.Duration <= TimeSpan.Zero) is { } bad)
        {
            throw new LoadTestException($"A stage of {bad.Users} users for {bad.Duration.TotalSeconds} s cannot run: give 1 to {MaxUsers} users and more than 0 s.");
        }

        Stages = stages;
    }

    /// <summary>The stages, in order.</summary>
    public IReadOnlyList<LoadStage> Stages { get; }

    /// <summary>How long all stages take together.</summary>
    public TimeSpan Duration => Stages.Aggregate(TimeSpan.Zero, (sum, stage) => sum + stage.Duration);

    /// <summary>Reads the stages from text as users type it.</summary>
    /// <param name="users">A number (<c>10</c>), a list (<c>1,2,4,8</c>) or a rising range (<c>5..100</c>); a range ends at its upper end exactly.</param>
    /// <param name="step">Users that a range rises by from stage to stage; null for about ten stages. Not for lists.</param>
    /// <param name="stage">Duration of every stage, such as <c>10s</c>.</param>
    /// <exception cref="LoadTestException">A text is not of that form.</exception>
    public static LoadProfile Parse(string users, int? step, string stage)
    {
        ArgumentNullException.ThrowIfNull(users);
        TimeSpan duration = Durations.Parse(stage, "stage");
        string[] ends = users.Split("..");
        int[] counts = ends.Length switch
        {
            1 when step is null => [.. users.Split(',').Select(text => Count(text, users))],
            1 => throw new LoadTestException($"A step of {step} goes with a range of users such as 5..100, not with '{users}': leave the step out or give a range."),
            2 => Range(Count(ends[0], users), Count(ends[1], users), step, users),
            _ => throw Bad(users, "it has more than one '..'"),
        };
        return new LoadProfile([.. counts.Select(count => new LoadStage(count, duration))]);
    }

    private static int[] Range(int from, int to, int? step, string users)
    {
        if (to < from)
        {
            throw Bad(users, $"{to} is less than {from}");
        }

        int rise = step ?? Math.Max(1, (int)Math.Round((to - from) / 9.0));
        if (rise < 1)
        {
            throw new LoadTestException($"The step is {rise}: give the number of users, 1 or more, that a stage adds to the one before.");
        }

        if ((to - from) / rise >= MaxStages)
        {
            throw new LoadTestException($"Users {users} in steps of {rise} make more than {MaxStages} stages: give a larger step.");
        }

        var counts = new List<int>();
        for (int count = from; count < to; count += rise)
        {
            counts.Add(count);
        }

        return [.. counts, to];
    }

    private static int Count(string text, string users) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MaxUsers
            ? count
            : throw Bad(users, $"'{text.Trim()}' is not a whole number from 1 to {MaxUsers}");

    private static LoadTestException Bad(string users, string because) => new($"'{users}' is not a number of users: {because}; {Expected}.");
}
