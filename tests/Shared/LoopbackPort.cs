using System.Net;
using System.Net.Sockets;

namespace Endpoints.Tests;

/// <summary>Ports for programs that cannot choose one themselves; those of ours listen on port 0.</summary>
internal static class LoopbackPort
{
    /// <summary>A port that nobody listens on now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
