using System.Xml.Linq;
using Endpoints.Charts.Pages;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.LoadTest.Tests.Report;

public sealed class LoadTestReportTests
{
    [Fact]
    public void Lead_TwoTargets_SaysWhatEachHoldsHowFastAndHowRight()
    {
        IReadOnlyList<string> lead = LoadTestReport.Lead(Sample.BaseAndPruned());

        Assert.Equal(
            "base held 10 users; throttling started at 15, where 7.6 % of requests were turned away (429). At 10 users it answered 150 requests a second, " +
            "half of them within 41.0 ms and 95 % within 55.0 ms. 94.3 % of the 4,600 answers that could be checked were right (95 % sure: 93.6 % to 94.9 %). It has 11.2 million parameters.",
            lead[1]);
        Assert.Equal(
            "pruned held 20 users, the most it was tested with, without throttling. At 10 users it answered 325 requests a second, " +
            "half of them within 15.0 ms and 95 % within 22.0 ms. 93.0 % of the 10,600 answers that could be checked were right (95 % sure: 92.5 % to 93.5 %). " +
            "It has 4.3 million parameters, 38.4 % of the model it was pruned from, and computes in int8.",
            lead[2]);
    }

    [Fact]
    public void Page_TwoTargets_ShowsFiguresChartsAndRules()
    {
        string html = LoadTestReport.Page(Sample.BaseAndPruned()).ToHtml();

        XElement page = XDocument.Parse(html).Root!;
        Assert.Equal("Load test of base and pruned", page.Descendants("h1").Single().Value);
        Assert.Equal(
            ["Response time against users", "Accuracy against response time", "Throughput against users", "Throttled requests against users"],
            page.Descendants("figcaption").Select(caption => caption.Element("strong")!.Value));
        Assert.Contains("base: throttling starts at 15 users", html, StringComparison.Ordinal);
        Assert.Contains("more than 1 % of requests are answered 429", html, StringComparison.Ordinal);
        Assert.Contains("does not obey Retry-After", html, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("tr"), row => row.Elements().Select(cell => cell.Value).SequenceEqual(["Computes in", "–", "int8"]));

        // 150/s and 375/s: what a request costs, as long as no price is given.
        Assert.Contains(page.Descendants("tr"), row => row.Elements().Select(cell => cell.Value).SequenceEqual(["Machine time of a million answers", "111 min", "44 min"]));
        Assert.Contains(page.Descendants("dl"), card => card.Value.Contains("Machine time of a million answers44 min", StringComparison.Ordinal));
        Assert.Contains("A &lt;fast&gt; processor", html, StringComparison.Ordinal);
        Assert.Equal(2, page.Descendants("tr").Count(row => (string?)row.Attribute("class") == "stressed"));
    }

    [Fact]
    public void Page_Any_RefersToNothingOutside()
    {
        XElement page = XDocument.Parse(LoadTestReport.Page(Sample.BaseAndPruned()).ToHtml()).Root!;

        string[] loaded = [.. page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "src" or "href" or "srcset" or "data").Select(attribute => attribute.Value)];
        Assert.All(loaded, reference => Assert.True(reference.StartsWith('#') || reference == "data:,", reference));
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "img" or "iframe" or "object");
    }

    [Fact]
    public void Page_TesterWasTheBottleneck_SaysSoFirst()
    {
        LoadTestResult result = Sample.Result(Sample.Target("base", Sample.Stage(5, 100), Sample.Stage(10, 100) with { Invalid = "the tester sent late" }));

        Assert.Equal(
            "INVALID: in 1 of 2 stages the tester was the bottleneck, not the server. base at 10 users: the tester sent late.", LoadTestReport.Lead(result)[0]);
        XElement page = XDocument.Parse(LoadTestReport.Page(result).ToHtml()).Root!;
        Assert.Single(page.Descendants("tr"), row => (string?)row.Attribute("class") == "stressed" && row.Elements().ElementAt(1).Value == "INVALID");
    }

    [Fact]
    public void Page_AnswersChangedAndReferred_AreShownWithTheirDifferences()
    {
        StageResult stage = Sample.Stage(5, 1000, scored: 1000, correct: 900) with
        {
            Intervals = new StageIntervals(new Interval(120, 130), new Interval(9, 11), new Interval(18, 22)),
            Changes = new AnswerChanges(900, 40, 35, 5),
            Reference = new ReferenceFigures(1000, 3, 0.0125),
        };
        LoadTestResult result = Sample.Result(
            Sample.Target("base", stage) with { FirstAnswers = new string('1', 30) }, Sample.Target("pruned", stage) with { FirstAnswers = new string('0', 30) });

        XElement page = XDocument.Parse(LoadTestReport.Page(result).ToHtml()).Root!;

        string[][] rows = [.. page.Descendants("tr").Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
        Assert.Contains(rows, row => row.SequenceEqual(["5", "900", "40", "35", "5", "1,000", "3", "0.0125"]));
        Assert.Contains(rows, row => row.SequenceEqual(["pruned at 5 users", "accuracy", "100.0 %", "0.0 %", "<0.001", "yes"]));
        Assert.Contains(rows, row => row.SequenceEqual(["pruned at 5 users", "p95 ms", "20.0", "20.0", "1.000", "not surely"]));
        Assert.StartsWith("ACCURACY CHANGED with load: at 5 users base answered 35 times wrong what it had first answered right, and 5 times the other way round (p <0.001).", LoadTestReport.Lead(result)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Page_ServerGoneInMidRun_DoesNotCallTheLoadHeld()
    {
        LoadTestResult result = Sample.Result(
            Sample.Target("base", Sample.Stage(5, 1000), Sample.Stage(10, 20, wrong: 980)), Sample.Target("pruned", Sample.Stage(5, 0, wrong: 90) with { Steady = false }, Sample.Stage(10, 0, wrong: 90)));

        IReadOnlyList<string> lead = LoadTestReport.Lead(result);

        Assert.StartsWith("base held 5 users; at 10 users 98 % of requests failed for other reasons than throttling.", lead[0], StringComparison.Ordinal);
        Assert.Equal(2, lead.Count);
        Assert.StartsWith("pruned did not hold the least load it was tested with; at 5 users 100 % of requests failed for other reasons than throttling.", lead[1], StringComparison.Ordinal);
        Assert.Equal(
            [("5 users", "held; with more, requests failed"), ("0 users", "held: requests failed from the first stage")],
            LoadTestReport.Cards(result).Select(card => (card.Figure, card.Meaning)));
        XElement page = XDocument.Parse(LoadTestReport.Page(result).ToHtml()).Root!;
        Assert.Contains(page.Descendants("tr"), row => row.Elements().Select(cell => cell.Value).SequenceEqual(["More than 1 % fail from", "10 users", "5 users"]));
    }

    [Fact]
    public void Lead_SlowSpellsAndUnsteadyStages_AreTold()
    {
        StageResult stage = Sample.Stage(5, 1000) with { CorrectedMs = new LatencySummary(10, 10, 500, 1745, 1900, 2000), Steady = false };

        IReadOnlyList<string> lead = LoadTestReport.Lead(Sample.Result(Sample.Target("base", stage, Sample.Stage(10, 2000) with { Steady = true }, Sample.Stage(15, 1, 1000))));
        IReadOnlyList<string> alone = LoadTestReport.Lead(Sample.Result(Sample.Target("base", stage)));

        Assert.Equal(
            "1 of 2 stages was not steady (windows that differ by more than 10 %): trust their intervals rather than their figures, or lengthen such stages with --windows 10.", lead[^1]);
        LoadTestResult own = Sample.Result(Sample.Target("base", stage));
        Assert.EndsWith("rather than their figures.", LoadTestReport.Lead(own with { Settings = own.Settings with { SharesProcess = true } })[^1], StringComparison.Ordinal);
        Assert.Contains("95 % within 20.0 ms (1,745 ms with the requests that users did not send while they waited).", alone[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Lead_LogThatBrokeOff_SaysSoAndNotHowMuchItLacks() => Assert.Equal(
        "The request log ends before the test does: No space left on device.",
        LoadTestReport.Lead(Sample.Result(Sample.Target("base", Sample.Stage(5, 100))) with { Log = new RequestLogFigures(9000, 0) { Problem = "No space left on device" } })[0]);

    [Fact]
    public void Page_OpenLoop_SpeaksOfRequestsASecond()
    {
        LoadTestResult open = Sample.Result(Sample.Target("base", Sample.Stage(7, 800) with { Rate = 100 }, Sample.Stage(9, 1600, 200) with { Rate = 250 })) with
        {
            Settings = LoadTestSettings.From(Sample.Options() with { Profile = LoadProfile.ParseRates("100,250", null, "10s"), Arrivals = Arrivals.Poisson }, Sample.Pairs),
        };

        string html = LoadTestReport.Page(open).ToHtml();

        Assert.Contains("base held 100 requests/s; throttling started at 250, where 11.1\u00a0% of requests were turned away (429).", html, StringComparison.Ordinal);
        Assert.Contains("Response time against requests sent", html, StringComparison.Ordinal);
        Assert.Contains("at random times (Poisson)", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Lead_PromiseAndPrice_SaysWhatItTakesCostsAndWhichToDeploy()
    {
        LoadTestResult plain = Sample.BaseAndPruned();
        LoadTestResult result = plain with
        {
            Settings = plain.Settings with { Slo = ["p95<50ms"], PricePerHour = 1.8 },
            Targets = [plain.Targets[0] with { Promise = new Promise(5, 10, 125) }, plain.Targets[1] with { Promise = new Promise(20, null, 375) }],
        };

        IReadOnlyList<string> lead = LoadTestReport.Lead(result);

        Assert.Contains(
            "The promise p95<50ms is kept up to 5 users (125 answers a second) and broken at 10. At 1.80 an hour for its machine, a million answers cost 4.00.", lead[1], StringComparison.Ordinal);
        Assert.Contains("is kept up to 20 users, the most it was tested with (375 answers a second). At 1.80 an hour for its machine, a million answers cost 1.33.", lead[2], StringComparison.Ordinal);
        // 94.3 % of 4,600 against 93.0 % of 10,600: a difference of 1.2 points with a deviation of 0.4 is sure.
        Assert.Equal(
            "Deploy base: it answers 125 requests a second with the promise kept and is right most often (94.3 %). "
            + "If an accuracy of 93.0 % instead of 94.3 % is enough, deploy pruned: it answers 3.0 times as many.",
            lead[0]);
        string html = LoadTestReport.Page(result).ToHtml();
        XElement page = XDocument.Parse(html).Root!;
        Assert.Contains(page.Descendants("tr"), row => row.Elements().Select(cell => cell.Value).SequenceEqual(["A million answers cost", "4.00", "1.33"]));
        Assert.Contains(page.Descendants("tr"), row => row.Elements().Select(cell => cell.Value).SequenceEqual(["Keeps p95<50ms up to", "5 users", "20 users"]));
        Assert.Contains(page.Descendants("tr"), row => row.Elements().Select(cell => cell.Value).Skip(1).SequenceEqual(["yes", "yes"]));
    }

    [Fact]
    public void Lead_FewAnswersChecked_AdvisesTheFasterOne()
    {
        LoadTestResult result = Sample.Result(
            Sample.Target("base", Sample.Stage(5, 1000, scored: 200, correct: 190)), Sample.Target("pruned", Sample.Stage(5, 2500, scored: 200, correct: 186)));

        Assert.Equal(
            "Deploy pruned: it answers 313 requests a second without throttling, 2.5 times as many as base, at an accuracy that is not significantly lower (93.0 % against 95.0 %).",
            LoadTestReport.Lead(result)[0]);
    }

    [Fact]
    public void Page_NoLabels_SaysThatAccuracyIsNotKnown()
    {
        string html = LoadTestReport.Page(Sample.Result(Sample.Target("only", Sample.Stage(5, 100)))).ToHtml();

        Assert.Contains("the pairs had no labels", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Accuracy against response time", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_InterruptedBeforeAnything_StillReads()
    {
        LoadTestResult result = Sample.Result(Sample.Target("base")) with { Complete = false };

        string html = LoadTestReport.Page(result).ToHtml();

        XDocument.Parse(html);
        Assert.Contains("This test was interrupted", html, StringComparison.Ordinal);
        Assert.Contains("base was not measured.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Lead_AllThrottledOrFailing_SaysSo()
    {
        LoadTestResult result = Sample.Result(Sample.Target("busy", Sample.Stage(5, 10, 90)), Sample.Target("broken", Sample.Stage(5, 0, 0, wrong: 50)));

        IReadOnlyList<string> lead = LoadTestReport.Lead(result);

        Assert.StartsWith("busy throttled from 5 users on, the fewest it was tested with: 90 % of requests were turned away (429).", lead[0], StringComparison.Ordinal);
        Assert.EndsWith("Over all loads 100 % of its requests (50) failed for other reasons than throttling.", lead[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Sections_OfALoadTest_JoinALargerPage()
    {
        LoadTestResult result = Sample.BaseAndPruned();
        var page = new ReportPage
        {
            Title = "Demo",
            Lead = ["The search found this.", .. LoadTestReport.Lead(result)],
            Cards = LoadTestReport.Cards(result),
            Sections = [new ReportSection("Search", [new TextBlock("Front.")]), .. LoadTestReport.Sections(result)],
        };

        XElement html = XDocument.Parse(page.ToHtml()).Root!;

        Assert.Equal(["base", "pruned", "Search"], html.Descendants("h2").Take(3).Select(heading => heading.Value));
    }

    [Fact]
    public void Render_Folder_WritesTheReportAgain()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File(LoadTestResult.FileName), Sample.BaseAndPruned().ToJson());

        string path = LoadTestReport.Render(folder.Path);

        Assert.Equal(folder.File("report.html"), path);
        Assert.Equal(LoadTestReport.Page(Sample.BaseAndPruned()).ToHtml(), File.ReadAllText(path));
    }
}
