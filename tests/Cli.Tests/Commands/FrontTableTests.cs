using Endpoints.Cli.Commands;
using Endpoints.Pruning;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchSpaces;
using Spectre.Console;

namespace Endpoints.Cli.Tests.Commands;

public sealed class FrontTableTests
{
    [Fact]
    public void Of_LatencyOfATable_IsShownLikeAMeasuredOne()
    {
        Assert.Contains("1.234 ms", Shown("latency", Trial()), StringComparison.Ordinal);
        Assert.Contains("1.234 ms", Shown("latency-table", Trial()), StringComparison.Ordinal);
        Assert.DoesNotContain(" ms", Shown("flops", Trial()), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_UndefinedMetric_IsADashAndNoScore()
    {
        Assert.Contains("75.0 %", Shown("latency", Trial()), StringComparison.Ordinal);
        string undefined = Shown("latency", Trial() with { Values = [1, 1.234], Details = new Dictionary<string, double> { ["error_undefined"] = 1 } });
        Assert.DoesNotContain("%", undefined, StringComparison.Ordinal);
        Assert.Matches(@"small:l=1,h=1,u=1\s+-\s", undefined);
    }

    private static Trial Trial() => new()
    {
        Id = 0,
        Point = new SearchPoint(1, 1, 1),
        SubNetwork = "small:l=1,h=1,u=1",
        Values = [0.25, 1.234],
        Parameters = 1,
        PaperParameters = 1,
    };

    private static string Shown(string objective, Trial trial)
    {
        var configuration = new RunConfiguration
        {
            Task = "demo",
            Validation = "v",
            SuperNetwork = "w",
            Space = "small",
            Method = "random",
            Seed = 1,
            Objectives = [new("error", ""), new(objective, "ms")],
        };
        var output = new StringWriter();
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Interactive = InteractionSupport.No })
            .Write(FrontTable.Of(new FrontReport(configuration, [trial]), "accuracy"));
        return output.ToString();
    }
}
