using System.Xml.Linq;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Output;

public sealed class JUnitXmlTests
{
    [Fact]
    public void Text_ChecksAndInvalidStages_AreCases()
    {
        TargetResult target = Sample.Target("ba<se", Sample.Stage(5, 100), Sample.Stage(10, 100) with { Invalid = "the tester sent late" });
        LoadTestResult result = Sample.Result(target) with { Checks = [new Check("p95>10ms", "ba<se", 5, true, "20 ms"), new Check("p95>1s", "ba<se", 5, false, "20 ms")] };

        XElement root = XDocument.Parse(JUnitXml.Text(result)).Root!;

        Assert.Equal(("testsuites", "4", "2"), (root.Name.LocalName, (string?)root.Attribute("tests"), (string?)root.Attribute("failures")));
        Assert.Equal(
            ["5 users: the tester kept up", "10 users: the tester kept up", "5 users: not p95>10ms", "5 users: not p95>1s"],
            root.Descendants("testcase").Select(each => (string?)each.Attribute("name")));
        Assert.Equal(["the tester sent late", "p95>10ms: found 20.0 ms"], root.Descendants("failure").Select(each => ((string?)each.Attribute("message"))!.Replace("20 ms", "20.0 ms", StringComparison.Ordinal)));
    }
}
