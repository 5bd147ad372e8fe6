using System.Buffers;
using System.Text;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols.Pairs;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>
/// What SageMaker sends and takes: a body of any of several media types. JSON is the server's own, CSV has a text or a pair in each line, plain text is one
/// text. The answer is JSON or CSV: what Accept asks for, else what was sent.
/// </summary>
internal abstract class MediaFormat : WireFormat
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private enum Media
    {
        Json,
        Csv,
        Text,
    }

    /// <inheritdoc/>
    public override string Example => PairsFormat.Instance.Example + " CSV (text/csv) and plain text (text/plain) do as well.";

    /// <inheritdoc/>
    public override Problem? CheckHeaders(HttpRequest request)
    {
        // The last is what an AWS client sends when its caller names no type.
        string? type = request.ContentType;
        return JsonFormat.IsJson(type) || MediaOf(type) != Media.Json || IsType(type, "application/octet-stream")
            ? null
            : KnownProblems.WrongMediaType(type!, Example);
    }

    /// <inheritdoc/>
    public override Problem? Read(HttpRequest request, in ReadOnlySequence<byte> body, ServedEndpoint endpoint, int maxRows, out Invocation invocation)
    {
        Media media = MediaOf(request.ContentType);
        bool wantsCsv = WantsCsv(request, media);
        if (media == Media.Json)
        {
            Problem? problem = PairsFormat.Instance.Read(request, body, endpoint, maxRows, out invocation);
            invocation = wantsCsv ? invocation with { Form = CsvAnswer.Instance } : invocation;
            return problem;
        }

        string? fault = TryDecode(body, out string text) ? ReadRows(text, media, maxRows, out InputRow[] rows) : NotUtf8(out rows);
        invocation = new Invocation(rows, wantsCsv ? CsvAnswer.Instance : media == Media.Csv ? PairsAnswer.Many : PairsAnswer.One);
        return fault is null ? null : KnownProblems.InvalidBody(fault, Example);
    }

    private static string? ReadRows(string text, Media media, int maxRows, out InputRow[] rows)
    {
        if (media == Media.Csv)
        {
            return CsvRows.Read(text, maxRows, out rows);
        }

        rows = [InputRow.OfText(text)];
        return string.IsNullOrWhiteSpace(text) ? "The body is empty." : null;
    }

    private static string NotUtf8(out InputRow[] rows)
    {
        rows = [];
        return "The body holds bytes that are not UTF-8.";
    }

    private static bool TryDecode(in ReadOnlySequence<byte> body, out string text)
    {
        try
        {
            text = StrictUtf8.GetString(body).TrimStart('\uFEFF');
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }

    private static bool WantsCsv(HttpRequest request, Media media) => request.Headers.Accept.ToString() switch
    {
        "" or "*/*" => media == Media.Csv,
        string accept => IsType(accept, "text/csv"),
    };

    private static Media MediaOf(string? type) => IsType(type, "text/csv") ? Media.Csv : IsType(type, "text/plain") ? Media.Text : Media.Json;

    private static bool IsType(string? header, string type) =>
        header is not null
        && header.StartsWith(type, StringComparison.OrdinalIgnoreCase)
        && MediaTypeHeaderValue.TryParse(header, out MediaTypeHeaderValue? parsed)
        && parsed.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)
        && (!parsed.Charset.HasValue || HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
