using System.Globalization;
using System.Text;

namespace Endpoints.LoadTest.Output;

/// <summary>Rows of CSV as Python's csv writer makes them, which Locust uses: cells quoted only where needed, lines ended by CR LF.</summary>
internal static class CsvFile
{
    public static string Row(IEnumerable<string> cells) => string.Join(',', cells.Select(Quote)) + "\r\n";

    /// <summary>A number in its shortest form that reads back the same.</summary>
    public static string Cell(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Cell(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Replaces a file in one step, so that no reader and no kill ever sees half of it.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string unfinished = path + ".tmp";
        try
        {
            File.WriteAllBytes(unfinished, content);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(unfinished);
            throw;
        }
    }

    public static void Replace(string path, IEnumerable<string> rows) => Replace(path, Encoding.UTF8.GetBytes(string.Concat(rows)));

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
