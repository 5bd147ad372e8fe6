using System.Globalization;

namespace Endpoints.Serving.Tests.Support;

/// <summary>The samples of <c>/metrics</c> by name and labels.</summary>
internal static class Scrape
{
    public static async Task<Dictionary<string, double>> OfAsync(TestHost host) => Parse(await host.Client.GetStringAsync("/metrics"));

    public static Dictionary<string, double> Parse(string text) => text.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => Number(line[(line.LastIndexOf(' ') + 1)..]));

    private static double Number(string text) => text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
}
