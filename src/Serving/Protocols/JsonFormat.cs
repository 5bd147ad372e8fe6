using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Endpoints.Serving.Protocols;

/// <summary>A protocol whose bodies are JSON in UTF-8.</summary>
internal abstract class JsonFormat : WireFormat
{
    /// <inheritdoc/>
    public override Problem? CheckHeaders(HttpRequest request) =>
        IsJson(request.ContentType) ? null : KnownProblems.WrongMediaType(request.ContentType!, Example);

    /// <inheritdoc/>
    public sealed override Problem? Read(HttpRequest request, in ReadOnlySequence<byte> body, ServedEndpoint endpoint, int maxRows, out Invocation invocation)
    {
        invocation = default;
        if (body.IsEmpty)
        {
            return KnownProblems.InvalidBody("The body is empty.", Example);
        }

        try
        {
            return Parse(WithoutByteOrderMark(body), endpoint, maxRows, out invocation) is { } fault ? KnownProblems.InvalidBody(fault, Example) : null;
        }
        catch (JsonException exception)
        {
            return KnownProblems.InvalidBody(Explain(exception), Example);
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to a string that cannot be UTF-16.
            return KnownProblems.InvalidBody(
                "The body holds a text that is not valid Unicode: bytes that are not UTF-8, or one half of a surrogate pair.", Example);
        }
    }

    /// <summary>True for JSON in UTF-8; no type at all is taken for it.</summary>
    public static bool IsJson(string? type) => type is null or "application/json" || IsJsonInUtf8(type);

    /// <summary>Parses a body that is not empty.</summary>
    /// <returns>Null when <paramref name="invocation"/> is valid, else a sentence that says what is wrong.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not Unicode.</exception>
    protected abstract string? Parse(in ReadOnlySequence<byte> body, ServedEndpoint endpoint, int maxRows, out Invocation invocation);

    private static string Explain(JsonException exception) => exception.LineNumber is null
        ? "The body has an object with two fields of one name."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"The body is not valid JSON, or nested too deeply: it breaks at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");

    private static bool IsJsonInUtf8(string type) =>
        MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? parsed)
        && (parsed.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || parsed.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!parsed.Charset.HasValue || HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static ReadOnlySequence<byte> WithoutByteOrderMark(in ReadOnlySequence<byte> body)
    {
        Span<byte> start = stackalloc byte[3];
        if (body.Length < 3)
        {
            return body;
        }

        body.Slice(0, 3).CopyTo(start);
        return start.SequenceEqual("\uFEFF"u8) ? body.Slice(3) : body;
    }
}
