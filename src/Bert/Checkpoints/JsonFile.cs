using System.Text.Json;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Reads JSON that may be broken: whatever is wrong ends as one sentence that names the file.</summary>
internal static class JsonFile
{
    /// <summary>Parses a file and hands its fields to <paramref name="read"/>.</summary>
    public static T Read<T>(string path, Func<JsonFields, T> read) => Read(path, Bytes(path), read);

    /// <summary>Parses JSON that was found in <paramref name="owner"/> and hands its fields to <paramref name="read"/>.</summary>
    public static T Read<T>(string owner, ReadOnlyMemory<byte> utf8, Func<JsonFields, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new CheckpointException($"{owner}: expected a JSON object, found {Describe(document.RootElement)}.");
            }

            return read(new JsonFields(owner, document.RootElement));
        }
        catch (Exception exception) when (IsBadJson(exception))
        {
            throw new CheckpointException($"{owner}: not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>True for what System.Text.Json throws at bad input: the second kind means a string with half a surrogate pair or broken UTF-8.</summary>
    public static bool IsBadJson(Exception exception) => exception is JsonException or InvalidOperationException;

    /// <summary>A file's bytes.</summary>
    public static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, exception);
        }
    }

    /// <summary>The sentence for a file that the system would not give us.</summary>
    public static CheckpointException Unreadable(string path, Exception exception) => exception is FileNotFoundException or DirectoryNotFoundException
        ? new($"{path} is missing.", exception)
        : new($"{path} cannot be read: {exception.Message}", exception);

    /// <summary>A value as it stands in the file, cut to a length that fits a sentence.</summary>
    public static string Describe(JsonElement element)
    {
        string text = element.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : text[..57] + "...";
    }
}
