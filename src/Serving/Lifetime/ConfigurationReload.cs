using System.Globalization;
using System.Runtime.InteropServices;
using Endpoints.Serving.Access;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Connections;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Endpoints.Serving.Lifetime;

/// <summary>
/// Takes over a changed configuration while the server runs: on SIGHUP, and when a settings file changes. It is checked as at the start; if anything
/// is wrong, all of it is refused and everything stays as it was. API keys and the certificate are read again too.
/// </summary>
internal sealed class ConfigurationReload(
    IConfiguration configuration, ServingConfiguration live, EndpointCatalog catalog, KeyRing keys, ILogger<ConfigurationReload> logger, ServerCertificate? certificate = null)
    : IHostedService, IDisposable
{
    private readonly Lock _lock = new();
    private PosixSignalRegistration? _signal;
    private IDisposable? _changes;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true; // or it would end the process
            Reload();
        });
        _changes = ChangeToken.OnChange(configuration.GetReloadToken, Apply);

        // What a watcher cannot read it tells nobody else.
        foreach (FileConfigurationSource file in ((IConfigurationBuilder)configuration).Sources.OfType<FileConfigurationSource>())
        {
            file.OnLoadException = context => Log.Unreadable(logger, context.Exception.Message, context.Exception.InnerException?.Message ?? "");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _signal?.Dispose();
        _changes?.Dispose();
    }

    /// <summary>Reads every source again, and takes over what has changed.</summary>
    public void Reload()
    {
        try
        {
            certificate?.Refresh();
            ((IConfigurationRoot)configuration).Reload(); // which calls Apply
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or IOException)
        {
            // Reported where it was thrown; nothing has been applied.
        }
    }

    private void Apply()
    {
        lock (_lock)
        {
            try
            {
                // Endpoints may have come and gone since the start.
                var fresh = ServingConfiguration.Load(configuration, [.. live.Endpoints.Keys.Union(catalog.All.Select(endpoint => endpoint.Name)).Except(live.Cascades.Keys)]);
                (ServedEndpoint Endpoint, EndpointOptions Options)[] endpoints = [.. catalog.All.Select(endpoint => (endpoint, OptionsOf(endpoint)))];
                keys.Load();
                keys.ShowZeros();
                TakeOver(fresh, endpoints);
            }
            catch (OptionsValidationException exception)
            {
                foreach (string failure in exception.Failures)
                {
                    Log.Refused(logger, failure);
                }
            }
        }
    }

    private EndpointOptions OptionsOf(ServedEndpoint endpoint)
    {
        (EndpointOptions? options, IReadOnlyList<string> failures) = ServingConfiguration.ForEndpoint(configuration, endpoint.Name, endpoint.OwnSettings);
        if (options is null)
        {
            throw new OptionsValidationException(endpoint.Name, typeof(EndpointOptions), failures);
        }

        // A cascade runs in what its networks have in memory, whatever the configuration says of other endpoints.
        options.Precision = endpoint.Cascade is null ? options.Precision : endpoint.Options.Precision;
        return options;
    }

    private void TakeOver(ServingConfiguration fresh, (ServedEndpoint Endpoint, EndpointOptions Options)[] endpoints)
    {
        int changes = TakeOver(ServerOptions.SectionName, ReloadableSettings.Server, live.Server, fresh.Server)
            + TakeOver(AccessOptions.SectionName, ReloadableSettings.Access, live.Access, fresh.Access)
            + TakeOver(ConnectionOptions.SectionName, ReloadableSettings.Connections, live.Connections, fresh.Connections)
            + TakeOver(TlsOptions.SectionName, ReloadableSettings.Tls, live.Tls, fresh.Tls)
            + TakeOver(TracingOptions.SectionName, ReloadableSettings.Tracing, live.Tracing, fresh.Tracing)
            + TakeOver(WatchdogOptions.SectionName, ReloadableSettings.Watchdog, live.Watchdog, fresh.Watchdog)
            + TakeOver(ServingConfiguration.ElasticSectionName, live.Elastic.Keys.Union(fresh.Elastic.Keys), MembersOf, live, fresh)
            + TakeOver(ServingConfiguration.CascadeSectionName, live.Cascades.Keys.Union(fresh.Cascades.Keys), CascadeOf, live, fresh)
            + endpoints.Sum(one => TakeOver(one.Endpoint.Name, ReloadableSettings.Endpoint, one.Endpoint.Options, one.Options));
        Log.Reloaded(logger, changes);
    }

    // Names that come from the configuration alone stay what they are until a restart.
    private int TakeOver(string section, IEnumerable<string> names, Func<ServingConfiguration, string, string?> text, ServingConfiguration live, ServingConfiguration fresh) =>
        TakeOver(section, [.. names.Select(name => new Setting<ServingConfiguration>(name, configuration => text(configuration, name)))], live, fresh);

    private static string? MembersOf(ServingConfiguration configuration, string name) =>
        configuration.Elastic.TryGetValue(name, out string[]? members) ? string.Join(',', members) : null;

    private static string? CascadeOf(ServingConfiguration configuration, string name) => configuration.Cascades.TryGetValue(name, out CascadeSettings? cascade)
        ? string.Create(CultureInfo.InvariantCulture, $"{cascade.Small},{cascade.Large} at {cascade.Threshold}")
        : null;

    private int TakeOver<T>(string section, Setting<T>[] settings, T live, T fresh)
    {
        int changes = 0;
        foreach (Setting<T> setting in settings)
        {
            object? before = setting.Get(live), after = setting.Get(fresh);
            if (Equals(before, after))
            {
                continue;
            }

            if (setting.Apply is null)
            {
                Log.NeedsRestart(logger, section, setting.Name, Text(before), Text(after));
                continue;
            }

            setting.Apply(live, fresh);
            Log.Changed(logger, section, setting.Name, Text(before), Text(after));
            changes++;
        }

        return changes;
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "none";
}
