using System.Text.Json;
using Endpoints.Bert.Training;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Training;

public sealed class LinearScheduleTests
{
    public static TheoryData<string> Models => Golden.Find("model", "*", directories: true);

    [Theory, MemberData(nameof(Models))]
    public void Rate_GoldenRuns_GivesEveryStepsRate(string row)
    {
        string file = Path.Combine(Golden.Found(row), "train.json");
        if (!File.Exists(file))
        {
            return; // A golden folder may hold only some of the files.
        }

        using JsonDocument train = JsonDocument.Parse(File.ReadAllText(file));
        foreach (JsonProperty run in train.RootElement.EnumerateObject().Where(property => property.Name.StartsWith("lr", StringComparison.Ordinal)))
        {
            var schedule = new LinearSchedule(
                run.Value.GetProperty("base_lr").GetSingle(), run.Value.GetProperty("warmup_steps").GetInt32(), run.Value.GetProperty("total_steps").GetInt32());
            foreach (JsonElement step in run.Value.GetProperty("f64").GetProperty("steps").EnumerateArray())
            {
                double expected = step.GetProperty("lr").GetDouble();
                float actual = schedule.Rate(step.GetProperty("step").GetInt32());
                Assert.True(Math.Abs(expected - actual) <= 1e-7 * expected, $"{run.Name} {step}: {actual}");
            }
        }
    }

    [Fact]
    public void Rate_NoWarmUp_StartsAtBaseAndFallsToZero()
    {
        var schedule = new LinearSchedule(0.5f, 0, 4);
        Assert.Equal([0.5f, 0.375f, 0.25f, 0.125f, 0f, 0f], Enumerable.Range(0, 6).Select(schedule.Rate));
    }

    [Fact]
    public void Constructor_BadArguments_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearSchedule(0, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearSchedule(float.NaN, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearSchedule(1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearSchedule(1, 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearSchedule(1, -1, 2));
    }
}
