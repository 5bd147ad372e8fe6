using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Endpoints.Hub.Transfer;

/// <summary>
/// Sends requests, through the proxy that the environment names. Redirects are followed here and not by the handler: the hub's first answer carries a
/// file's hash and size, and the token must not follow to another host.
/// </summary>
internal sealed class HttpTransport : IDisposable
{
    private const int MostRedirects = 10;

    private readonly HubSettings _settings;
    private readonly TransferOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public HttpTransport(HubSettings settings, TransferOptions options, TimeProvider time)
    {
        _settings = settings;
        _options = options;
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = options.StallTimeout,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>An address for people: a signed one has its secret in the query.</summary>
    public static string Display(Uri address) => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Sends a request and returns the answer's head; the body is not read yet.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="address">Where to.</param>
    /// <param name="prepare">Adds headers; called again for each redirect.</param>
    /// <param name="leaveHost">False to return a redirect to another host instead of following it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="TransientException">No connection, no answer in time, or an answer that says to try again.</exception>
    /// <exception cref="HubException">The connection is not to be trusted, or redirects lead nowhere.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, Action<HttpRequestMessage>? prepare, bool leaveHost, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            HttpResponseMessage response = await SendOnceAsync(method, address, prepare, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response) || response.Headers.Location is not { } location)
            {
                return response;
            }

            var next = new Uri(address, location);
            if (!leaveHost && !SameOrigin(address, next))
            {
                return response;
            }

            response.Dispose();
            if (redirects == MostRedirects)
            {
                throw new HubException($"{Display(address)} redirects more than {MostRedirects} times: expected a file at the end of it.");
            }

            if (next.Scheme != address.Scheme && next.Scheme != Uri.UriSchemeHttps)
            {
                throw new HubException($"{Display(address)} redirects to {Display(next)}: expected https there.");
            }

            address = next;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri address, Action<HttpRequestMessage>? prepare, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("endpoints", "0.1"));
        if (_settings.Token is { } token && SameOrigin(address, _settings.Endpoint))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        prepare?.Invoke(request);
        using var deadline = new Deadline(_options.StallTimeout, _time, cancellationToken);
        try
        {
            return RequirePermanent(await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false), address);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientException($"{Display(address)} did not answer within {_options.StallTimeout.TotalSeconds:0.###} s", inner: exception);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw new HubException($"{Display(address)} cannot be reached safely: {Cause(exception)}.", exception);
        }
        catch (HttpRequestException exception)
        {
            throw new TransientException($"{Display(address)} cannot be reached ({Cause(exception)})", inner: exception);
        }
    }

    /// <summary>The answer, unless it says to come back later.</summary>
    private HttpResponseMessage RequirePermanent(HttpResponseMessage response, Uri address)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout) && (int)response.StatusCode < 500)
        {
            return response;
        }

        using (response)
        {
            RetryConditionHeaderValue? asked = response.Headers.RetryAfter;
            TimeSpan? wait = asked?.Delta ?? (asked?.Date - _time.GetUtcNow());
            throw new TransientException($"{Display(address)} answered {(int)response.StatusCode} {response.StatusCode}", wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
        }
    }

    private static string Cause(HttpRequestException exception) => exception.InnerException switch
    {
        SocketException socket => socket.Message,
        { } inner => inner.Message.TrimEnd('.'),
        null => exception.Message.TrimEnd('.'),
    };

    private static bool IsRedirect(HttpResponseMessage response) => response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase);
}
