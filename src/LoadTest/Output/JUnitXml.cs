using System.Globalization;
using System.Xml.Linq;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Output;

/// <summary><c>junit.xml</c>: a suite a target, a case a stage for each condition and for whether the tester kept up, as build servers show them.</summary>
internal static class JUnitXml
{
    public static string Text(LoadTestResult result)
    {
        XElement[] suites = [.. result.Targets.Select(target => Suite(result, target))];
        var root = new XElement("testsuites", new XAttribute("name", "endpoints load"), Counts(suites), suites);
        return new XDocument(root).ToString() + "\n";
    }

    private static XElement Suite(LoadTestResult result, TargetResult target)
    {
        XElement[] cases =
        [
            .. target.StagesByLoad.Select(stage => Case(target.Name, $"{ReportWords.Load(stage)}: the tester kept up", stage.Seconds, stage.Invalid)),
            .. result.Checks.Where(check => check.Target == target.Name).Select(check => Case(
                target.Name, $"{ReportWords.Load(check.Level, target.IsOpen)}: not {check.Condition}", 0, check.Failed ? $"{check.Condition}: found {check.Found}" : null)),
        ];
        return new XElement(
            "testsuite", new XAttribute("name", target.Name), new XAttribute("tests", cases.Length),
            new XAttribute("failures", cases.Count(each => each.Element("failure") is not null)),
            new XAttribute("timestamp", result.Started.UtcDateTime.ToString("s", CultureInfo.InvariantCulture)), cases);
    }

    private static XAttribute[] Counts(XElement[] suites) => [.. new[] { "tests", "failures" }
        .Select(name => new XAttribute(name, suites.Sum(suite => (int)suite.Attribute(name)!)))];

    private static XElement Case(string target, string name, double seconds, string? failure) => new(
        "testcase", new XAttribute("classname", target), new XAttribute("name", name), new XAttribute("time", seconds.ToString(CultureInfo.InvariantCulture)),
        failure is null ? null : new XElement("failure", new XAttribute("message", failure)));
}
