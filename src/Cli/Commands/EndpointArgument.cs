using Endpoints.Compute;

namespace Endpoints.Cli.Commands;

/// <summary>An endpoint as <c>serve --endpoint</c> takes it: <c>NAME=DIR[#SUBNETWORK][@PRECISION]</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Full path of its checkpoint.</param>
/// <param name="SubNetwork">What of it to run; null for all.</param>
/// <param name="Precision">What to run it in; null for what the configuration says.</param>
internal sealed record EndpointArgument(string Name, string Folder, string? SubNetwork, string? Precision)
{
    public const string Form = "NAME=DIR, NAME=DIR#SUBNETWORK, or either with @PRECISION at its end";

    /// <exception cref="FormatException">It is of another form, or names another precision.</exception>
    public static EndpointArgument Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        if (equals <= 0 || (hash >= 0 && hash < equals))
        {
            throw new FormatException($"'{text}' is no endpoint: expected {Form}.");
        }

        string rest = text[(equals + 1)..];
        int at = rest.LastIndexOf('@');
        if (at < 0 || Directory.Exists(rest))
        {
            // A folder may have an @ in its name.
            return Create(text[..equals], rest, null);
        }

        string precision = rest[(at + 1)..];
        return PrecisionName.IsChoice(precision)
            ? Create(text[..equals], rest[..at], precision)
            : throw new FormatException($"'{text}' ends in '@{precision}': expected {PrecisionName.AllOrAuto} there, or a folder of that name.");
    }

    private static EndpointArgument Create(string name, string place, string? precision)
    {
        int hash = place.IndexOf('#', StringComparison.Ordinal);
        return hash < 0
            ? new EndpointArgument(name, Path.GetFullPath(place), null, precision)
            : new EndpointArgument(name, Path.GetFullPath(place[..hash]), place[(hash + 1)..], precision);
    }
}
