using System.Text;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Output;

/// <summary>The output folder of a run. Every file but the growing history is replaced as a whole, so a killed run leaves whole files.</summary>
internal sealed class RunFolder
{
    private readonly string _path;

    public RunFolder(string path)
    {
        try
        {
            _path = Directory.CreateDirectory(path).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"The output folder {path} cannot be made: {exception.Message}", exception);
        }
    }

    /// <summary>The history file of a target, with its header, open for rows.</summary>
    public StreamWriter OpenHistory(LoadTarget target)
    {
        StreamWriter? writer = null;
        Writing(() =>
        {
            writer = new StreamWriter(FileOf(target, "stats_history"), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
            writer.Write(LocustCsv.HistoryHeader);
        });
        return writer!;
    }

    public void Save(TargetUnderTest target) => Writing(() =>
    {
        CsvFile.Replace(FileOf(target.Target, "stats"), LocustCsv.Stats(target));
        CsvFile.Replace(FileOf(target.Target, "failures"), LocustCsv.Failures(target));
        CsvFile.Replace(FileOf(target.Target, "exceptions"), LocustCsv.Exceptions(target));
    });

    public void Save(LoadTestResult result) => Writing(() =>
    {
        CsvFile.Replace(Path.Combine(_path, "stages.csv"), StagesCsv.Rows(result));
        CsvFile.Replace(Path.Combine(_path, LoadTestResult.FileName), result.ToJson());
    });

    public void SaveReport(LoadTestResult result) => Writing(() =>
    {
        CsvFile.Replace(Path.Combine(_path, LoadTestReport.FileName), Encoding.UTF8.GetBytes(LoadTestReport.Page(result).ToHtml()));
        CsvFile.Replace(Path.Combine(_path, "junit.xml"), Encoding.UTF8.GetBytes(JUnitXml.Text(result)));
        CsvFile.Replace(Path.Combine(_path, LoadTestReport.PictureName), Encoding.UTF8.GetBytes(LoadTestReport.Picture(result)));
    });

    /// <summary>The part of a target's name that every file system takes.</summary>
    internal static string FileNameOf(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '_')).TrimStart('.') is { Length: > 0 } safe ? safe : "target";

    private void Writing(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException(
                $"The results cannot be written to {_path}: {exception.Message}. The lines above hold what was measured, and the files what was written before; make room, or give another --out.", exception);
        }
    }

    private string FileOf(LoadTarget target, string kind) => Path.Combine(_path, $"{FileNameOf(target.Name)}_{kind}.csv");
}
