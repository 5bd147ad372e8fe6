using Endpoints.LoadTest.Profiles;

namespace Endpoints.LoadTest.Tests.Profiles;

public sealed class LoadProfileTests
{
    [Theory]
    [InlineData("5..20", 5, new[] { 5, 10, 15, 20 })]
    [InlineData("5..12", 5, new[] { 5, 10, 12 })]
    [InlineData("3..3", 5, new[] { 3 })]
    [InlineData("1..10", null, new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })]
    [InlineData("10..100", null, new[] { 10, 20, 30, 40, 50, 60, 70, 80, 90, 100 })]
    [InlineData("1,2,4,8", null, new[] { 1, 2, 4, 8 })]
    [InlineData(" 8 , 4 ", null, new[] { 8, 4 })]
    [InlineData("10", null, new[] { 10 })]
    public void Parse_Users_GivesTheStages(string users, int? step, int[] expected)
    {
        LoadProfile profile = LoadProfile.Parse(users, step, "10s");

        Assert.Equal(expected, profile.Stages.Select(stage => stage.Users));
        Assert.All(profile.Stages, stage => Assert.Equal(TimeSpan.FromSeconds(10), stage.Duration));
        Assert.Equal(TimeSpan.FromSeconds(10 * expected.Length), profile.Duration);
    }

    [Theory]
    [InlineData("", null, "''")]
    [InlineData("many", null, "'many' is not a whole number from 1 to 100000")]
    [InlineData("0", null, "'0' is not a whole number")]
    [InlineData("-5", null, "'-5' is not a whole number")]
    [InlineData("5..", 5, "'' is not a whole number")]
    [InlineData("20..5", 5, "5 is less than 20")]
    [InlineData("1..2..3", 1, "more than one '..'")]
    [InlineData("1,2", 5, "A step of 5 goes with a range")]
    [InlineData("5..20", 0, "The step is 0")]
    [InlineData("5..20", -1, "The step is -1")]
    [InlineData("1..100000", 1, "more than 1000 stages")]
    [InlineData("1..999999999999", 1, "'999999999999' is not a whole number")]
    public void Parse_BadUsers_SaysWhatIsExpected(string users, int? step, string expected) =>
        Assert.Contains(expected, Assert.Throws<LoadTestException>(() => LoadProfile.Parse(users, step, "10s")).Message, StringComparison.Ordinal);

    [Fact]
    public void Constructor_NoStageOrEmptyStage_Throws()
    {
        Assert.Throws<LoadTestException>(() => new LoadProfile([]));
        Assert.Throws<LoadTestException>(() => new LoadProfile([new LoadStage(0, TimeSpan.FromSeconds(1))]));
        Assert.Throws<LoadTestException>(() => LoadProfile.Parse("5", null, "0"));
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("10s", 10)]
    [InlineData("1.5m", 90)]
    [InlineData("2H", 7200)]
    [InlineData("0", 0)]
    [InlineData(" 3 s", 3)]
    public void Durations_Text_IsRead(string text, double seconds) =>
        Assert.Equal(seconds, Durations.Parse(text, "stage").TotalSeconds, 1e-9);

    [Theory]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1,5s")]
    [InlineData("NaNs")]
    [InlineData("1e3s")]
    [InlineData("25h")]
    [InlineData("")]
    public void Durations_OtherText_SaysWhatIsExpected(string text) =>
        Assert.StartsWith($"'{text}' is not a duration for stage: expected", Assert.Throws<LoadTestException>(() => Durations.Parse(text, "stage")).Message, StringComparison.Ordinal);
}
