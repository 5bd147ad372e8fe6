using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tiles;

namespace Endpoints.Cli.Doctor;

/// <summary>What the system gives: memory, a GPU's library, the current folder, environment variables.</summary>
internal static class SystemChecks
{
    private const double GiB = 1L << 30;

    // What a BERT-base in float32 takes while it is loaded, and on the disk.
    private const long EnoughMemory = 1L << 30;
    private const long EnoughDisk = 1_000_000_000;

    private const string ConfigurationPrefix = "ENDPOINTS__";

    /// <summary>The variables of ours that force something, and what.</summary>
    private static readonly Dictionary<string, string> Forcing = new(StringComparer.OrdinalIgnoreCase)
    {
        [SimdSelection.Variable] = "the kernels' vectors",
        [TileSelection.Variable] = "the kernels of products",
    };

    /// <summary>Memory that is free for this process.</summary>
    public static Finding Memory(long available)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{available / GiB:0.0} GiB available");
        return available >= EnoughMemory ? new Finding("memory", text) : new Finding(
            "memory", text, FindingKind.Problem, "A BERT-base needs about 1 GiB while it is loaded: free some memory, raise the container's limit, or use a smaller model.");
    }

    /// <summary>What is available by the system's own count, and no more than the container's limit.</summary>
    public static long AvailableMemory()
    {
        const string Info = "/proc/meminfo", Field = "MemAvailable:";
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string? line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out long kibibytes)
            ? Math.Min(limit, kibibytes << 10)
            : limit;
    }

    /// <summary>Whether NVIDIA's driver library is there.</summary>
    public static Finding Gpu()
    {
        string library = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(library, out nint handle))
        {
            return new Finding("GPU", $"{library} not found: models run on the processor");
        }

        NativeLibrary.Free(handle);
        return new Finding("GPU", $"{library} found; models run on the processor all the same");
    }

    /// <summary>Whether a folder can be written, and how much fits there.</summary>
    public static Finding Folder(string folder)
    {
        try
        {
            string probe = Path.Combine(folder, $".endpoints-{Path.GetRandomFileName()}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose))
            {
            }

            return Folder(folder, new DriveInfo(folder).AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Finding("folder", $"{folder} cannot be written: {exception.Message}", FindingKind.Problem, "Change to a folder of yours, or give --out one.");
        }
    }

    /// <summary>Whether downloaded models can be kept.</summary>
    /// <param name="folder">The hub's cache; it may not be there yet.</param>
    public static Finding Cache(string folder)
    {
        string? there = folder;
        while (there is not null && !Directory.Exists(there))
        {
            there = Path.GetDirectoryName(there);
        }

        Finding found = Folder(there ?? folder);
        return found.Kind == FindingKind.Ok
            ? new Finding("cache", there == folder ? found.Text : $"{folder} is made when the first model is pulled; {found.Text}")
            : found with { Topic = "cache", Kind = FindingKind.Note, Advice = "pull model needs it: set HF_HOME to a folder of yours with room; --out alone does not help." };
    }

    /// <summary>A folder that can be written, by the room that it has.</summary>
    internal static Finding Folder(string folder, long freeBytes)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{folder} can be written, {freeBytes / 1e9:0.0} GB free");
        return freeBytes >= EnoughDisk
            ? new Finding("folder", text)
            : new Finding("folder", text, FindingKind.Problem, "A BERT-base takes 0.44 GB and is written beside the one that it replaces: free at least 1 GB.");
    }

    /// <summary>A finding for each environment variable that changes what the program does, and for each that looks so and does not.</summary>
    public static IEnumerable<Finding> Variables(IDictionary variables)
    {
        var ours = variables.Keys.Cast<string>().Where(IsOurs).Order(StringComparer.Ordinal).ToArray();
        return ours.Length == 0
            ? [new Finding("environment", "no variable of ours is set")]
            : ours.Select(name => Variable(name, (string?)variables[name]));
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("ENDPOINTS_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase)
        || name is "ASPNETCORE_URLS" or "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static Finding Variable(string name, string? value)
    {
        string text = $"{name}={value}";
        return name.StartsWith(ConfigurationPrefix, StringComparison.OrdinalIgnoreCase) ? new Finding("environment", $"{text} (configures serve)")
            : Forcing.TryGetValue(name, out string? forced) ? new Finding("environment", $"{text} (forces {forced})", FindingKind.Note, "Unset it to let the program choose.")
            : name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase)
            ? new Finding("environment", $"{text} (switches instructions of .NET)", FindingKind.Note, "Unset it for full speed.")
            : name.StartsWith("ENDPOINTS_", StringComparison.OrdinalIgnoreCase)
            ? new Finding("environment", text, FindingKind.Problem, $"Nothing reads it: expected {string.Join(", ", Forcing.Keys)}, or {ConfigurationPrefix}SECTION__KEY for the configuration of serve.")
            : new Finding("environment", text);
    }
}
