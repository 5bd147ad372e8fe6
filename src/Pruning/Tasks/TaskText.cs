using System.Text;

namespace Endpoints.Pruning.Tasks;

/// <summary>Reads the text of a task's file.</summary>
internal static class TaskText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="TaskException">The file is missing, unreadable or no UTF-8.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, StrictUtf8);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TaskException($"{path} does not exist: put the file there, or name the folder that has it.", missing);
        }
        catch (DecoderFallbackException wrong)
        {
            throw new TaskException($"{path} is not UTF-8 text (byte {wrong.Index} of a block does not decode): save it as UTF-8.", wrong);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TaskException($"{path} cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
