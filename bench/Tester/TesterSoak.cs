using System.Diagnostics;
using System.Globalization;
using Endpoints.Bench.Soak;

namespace Endpoints.Bench.Tester;

/// <summary>A long test at full speed, which must end with as much memory as it began with: nothing is kept per request.</summary>
internal static class TesterSoak
{
    public const string Usage = "tester-soak [--minutes N], N above 0 (10 where it is not given)";

    private const int Samples = 20;

    // The histograms of a stage's slices, which are twelve however long it is.
    private const long Allowance = 4 << 20;

    /// <summary>Runs it.</summary>
    /// <returns>Null when the arguments are wrong, else whether memory stayed flat.</returns>
    public static bool? TryRun(string[] arguments) => HeapSamples.Length(arguments) is { } length ? RunAsync(length).GetAwaiter().GetResult() : null;

    private static async Task<bool> RunAsync(TimeSpan length)
    {
        using Process server = TesterBenchmark.Start(1, inline: true, "tester-role", "server");
        int port = int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        Task<(double PerSecond, double Microseconds)> test = TesterRoles.TestAsync(port, length);
        var heaps = new HeapSamples(Allowance);
        Console.WriteLine("| time | heap after collection, MB | resident, MB |\n| --- | --- | --- |");
        for (int i = 1; i <= Samples; i++)
        {
            await Task.Delay((TesterRoles.WarmUp + length) / Samples * 0.98);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {length * i / Samples:h\\:mm\\:ss} | {heaps.Take() / 1e6:F2} | {Environment.WorkingSet / 1e6:F0} |"));
        }

        (double perSecond, double microseconds) = await test;
        server.StandardInput.Close();
        await server.WaitForExitAsync();

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{perSecond:N0} requests/s for {length.TotalMinutes:0.##} min, {microseconds:F1} us of processor time each; the heap went from {heaps.Before / 1e6:F2} to {heaps.After / 1e6:F2} MB: {(heaps.AreFlat ? "flat" : "it GREW")}."));
        return heaps.AreFlat;
    }
}
