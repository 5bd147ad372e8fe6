using System.Globalization;
using System.Xml.Linq;

namespace Endpoints.Charts.Tests;

/// <summary>Reads back what a chart drew.</summary>
internal sealed class Svg
{
    private static readonly XNamespace Ns = "http://www.w3.org/2000/svg";

    public Svg(string text) => Root = XDocument.Parse(text).Root!;

    public XElement Root { get; }

    public IEnumerable<XElement> All(string element) => Root.Descendants(Ns + element);

    public IEnumerable<XElement> WithClass(string element, string style) => All(element).Where(found => Classes(found).Contains(style));

    public string[] Texts => [.. All("text").Select(text => text.Value)];

    public string[] Tooltips => [.. Root.Descendants(Ns + "title").Where(title => title.Parent != Root).Select(title => title.Value)];

    public static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static string[] Classes(XElement element) => (element.Attribute("class")?.Value ?? "").Split(' ');
}
