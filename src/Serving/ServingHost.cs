using System.Globalization;
using System.Net.Sockets;
using Endpoints.Bert;
using Endpoints.Serving.Access;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Agreement;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Connections;
using Endpoints.Serving.Cors;
using Endpoints.Serving.Elastic;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Logging;
using Endpoints.Serving.Management;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Endpoints.Serving.Protocols.SageMaker;
using Endpoints.Serving.Routing;
using Endpoints.Serving.Tracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving;

/// <summary>The HTTP server of endpoints: batching, throttling, metrics and draining around an engine's lanes.</summary>
public static class ServingHost
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>The configuration section with a section for each elastic endpoint: <c>NAME:Members</c> is its endpoints, the most accurate first, separated by commas.</summary>
    public const string ElasticSectionName = ServingConfiguration.ElasticSectionName;

    /// <summary>
    /// The configuration section with a section for each cascade of two endpoints: <c>NAME:Members</c> is their names, the small one first, separated by a comma;
    /// <c>NAME:Threshold</c> the least margin at which the small one's answer stands.
    /// </summary>
    public const string CascadeSectionName = ServingConfiguration.CascadeSectionName;

    /// <summary>Serves until a signal to stop or cancellation, then drains.</summary>
    /// <param name="engine">Runs the batches; stays the caller's to dispose.</param>
    /// <param name="endpoints">What to serve; the first is the default endpoint.</param>
    /// <param name="settings">How to start.</param>
    /// <param name="cancellationToken">Stops the server as a signal does.</param>
    /// <returns>
    /// 0 stopped in order; 1 failed to start, to warm up or to end in time; 2 wrong configuration. Reasons go to <see cref="ServingSettings.Error"/>.
    /// </returns>
    public static async Task<int> RunAsync(
        IEngine engine, IReadOnlyList<EndpointDefinition> endpoints, ServingSettings settings, CancellationToken cancellationToken)
    {
        IReadOnlyList<BindingAddress> addresses = [];
        try
        {
            await using WebApplication app = Build(engine, endpoints, settings);
            addresses = ListenAddresses.Of(app.Configuration);
            await RunToEndAsync(app, cancellationToken);
            if (WhyFailed(app) is not { } reason)
            {
                return 0;
            }

            await settings.Error.WriteLineAsync(reason);
            return 1;
        }
        catch (OptionsValidationException exception)
        {
            foreach (string failure in exception.Failures)
            {
                await settings.Error.WriteLineAsync(failure);
            }

            return 2;
        }
        catch (FormatException exception)
        {
            await settings.Error.WriteLineAsync(exception.Message);
            return 2;
        }
        catch (InvalidDataException exception)
        {
            // The outermost says which file, the innermost where and why.
            await settings.Error.WriteLineAsync($"{exception.Message} {exception.GetBaseException().Message}");
            return 2;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await settings.Error.WriteLineAsync(
                $"The server could not start: {exception.Message.TrimEnd('.')}. It was to listen on {string.Join(" and ", addresses)}; choose another address with --urls.");
            return 1;
        }
    }

    /// <summary>Builds the server without starting it.</summary>
    /// <param name="engine">Runs the batches; stays the caller's to dispose, after the server.</param>
    /// <param name="endpoints">What to serve; the first is the default endpoint.</param>
    /// <param name="settings">How to start; null for defaults.</param>
    /// <exception cref="OptionsValidationException">The configuration is wrong; it lists everything that is.</exception>
    /// <exception cref="FormatException">A model answers what no request can ask.</exception>
    public static WebApplication Build(IEngine engine, IReadOnlyList<EndpointDefinition> endpoints, ServingSettings? settings = null)
    {
        settings ??= new ServingSettings();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = [.. settings.Arguments], ContentRootPath = settings.ContentRoot });
        AddConfiguration(builder.Configuration, settings);
        var configuration = ServingConfiguration.Load(builder.Configuration, [.. endpoints.Select(endpoint => endpoint.Name)]);

        endpoints = [.. endpoints, .. configuration.Cascades.Select(cascade => Define(cascade.Key, cascade.Value, endpoints))];
        foreach (EndpointDefinition endpoint in endpoints)
        {
            EndpointFactory.RequireServable(endpoint);
        }

        builder.Logging.AddSerilogConsole(configuration.Server.LogFormat);
        settings.ConfigureLogging?.Invoke(builder.Logging);
        builder.WebHost.Configure(configuration.Connections);
        IReadOnlyList<BindingAddress> addresses = ListenAddresses.Of(builder.Configuration);
        builder.Services.AddCertificate(configuration.Tls, addresses, builder.Configuration);
        builder.Services.AddCrossOrigin(configuration.Server);
        var metrics = new ServingMetrics();
        var accessMetrics = new AccessMetrics(metrics);
        KeyRing keys = LoadKeys(configuration.Access, addresses, accessMetrics, settings.TimeProvider);
        AddServices(builder.Services, engine, endpoints, configuration, metrics, settings.TimeProvider);
        builder.Services.AddSingleton(keys).AddSingleton(configuration.Access).AddSingleton(accessMetrics).AddSingleton<AccessGate>();

        WebApplication app = builder.Build();
        AccessGate gate = app.Services.GetRequiredService<AccessGate>();
        app.Services.GetRequiredService<TraceExport>();
        app.UseCrossOrigin(configuration.Server);
        app.Use(next => context => RequestTracing.InvokeAsync(context, next));
        app.Use(next => context => gate.InvokeAsync(context, next));
        app.Use(next => context => TimedBody.InvokeAsync(context, next, configuration.Connections.BodyTimeout, settings.TimeProvider));
        app.MapServing();
        app.Services.GetRequiredService<ServingMetrics>().Start(
            app.Services.GetRequiredService<Readiness>(), app.Services.GetRequiredService<WaitEstimator>());
        var agreement = app.Services.GetRequiredService<AgreementCheck>();
        foreach (ServedEndpoint endpoint in app.Services.GetRequiredService<EndpointCatalog>().All)
        {
            agreement.Show(endpoint);
        }

        accessMetrics.ShowZeros();
        keys.ShowZeros();
        return app;
    }

    private static EndpointDefinition Define(string name, CascadeSettings cascade, IReadOnlyList<EndpointDefinition> endpoints)
    {
        EndpointDefinition Find(string member) => endpoints.Single(endpoint => endpoint.Name == member);
        return CascadeDefinition.Of(name, Find(cascade.Small), Find(cascade.Large), cascade.Threshold, cascade.SmallPrecision);
    }

    private static KeyRing LoadKeys(AccessOptions options, IReadOnlyList<BindingAddress> addresses, AccessMetrics metrics, TimeProvider time)
    {
        var keys = new KeyRing(options, metrics, time);
        keys.Load();
        if (ListenAddresses.WhyExposed(addresses, options, keys.HasKeys) is { } reason)
        {
            throw new OptionsValidationException(AccessOptions.SectionName, typeof(AccessOptions), [reason]);
        }

        return keys;
    }

    /// <summary>Waits until every endpoint of a started server is warm.</summary>
    /// <exception cref="Exception">Whatever made a warm-up fail.</exception>
    public static Task WaitUntilReadyAsync(WebApplication app, CancellationToken cancellationToken) =>
        app.Services.GetRequiredService<ServingState>().Ready.WaitAsync(cancellationToken);

    private static async Task RunToEndAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Told to stop, or stopped by a warm-up that failed, before it had started.
            return;
        }

        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static string? WhyFailed(WebApplication app)
    {
        var state = app.Services.GetRequiredService<ServingState>();
        TimeSpan timeout = app.Services.GetRequiredService<ServerOptions>().ShutdownTimeout;
        return state.Failure is { } failure ? $"The endpoints could not be warmed up: {failure.Message}"
            : state.IsCutOff ? string.Create(
                CultureInfo.InvariantCulture,
                $"The shutdown timeout of {timeout.TotalSeconds} s passed; requests that had no answer by then were cut off.")
            : null;
    }

    private static void AddConfiguration(ConfigurationManager configuration, ServingSettings settings)
    {
        // Ours first, so that every other source wins over them.
        var defaults = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",

            // Says once more, with the stack, what RunAsync says of a start that failed.
            ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
        };
        if (configuration["urls"] is null && configuration["http_ports"] is null && !configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            defaults["urls"] = DefaultUrl;
        }

        SageMakerPlatform.Configure(configuration, defaults, settings.IsSageMakerContainer);
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });
        configuration.AddInMemoryCollection(settings.Configuration);
    }

    private static void AddServices(
        IServiceCollection services, IEngine engine, IReadOnlyList<EndpointDefinition> endpoints, ServingConfiguration configuration, ServingMetrics metrics, TimeProvider time)
    {
        var factory = new EndpointFactory(engine, new LoadedNetworks(engine), metrics, time);
        var catalog = new EndpointCatalog([.. endpoints.Select((endpoint, index) => factory.Create(endpoint, configuration.Endpoints[endpoint.Name], isDefault: index == 0))]);
        foreach (ServedEndpoint endpoint in catalog.All)
        {
            metrics.Show(endpoint);
        }

        // Factories let the container dispose what it hands out; the engine is not ours to dispose.
        services.AddSingleton(engine);
        services.AddSingleton(time);
        services.AddSingleton(configuration.Server);
        services.AddSingleton(configuration.Watchdog);
        services.AddSingleton(catalog);
        services.AddSingleton(factory);
        services.AddSingleton<EndpointManager>();
        services.AddSingleton(_ => metrics);
        services.AddSingleton(new LaneClock(engine.LaneCount, time));
        services.AddSingleton<FairShares>();
        services.AddSingleton<WaitEstimator>();
        services.AddSingleton<AdmissionControl>();
        services.AddSingleton<AgreementMetrics>();
        services.AddSingleton<AgreementCheck>();
        services.AddSingleton<ElasticEndpoints>();
        services.AddSingleton<EndpointDirectory>();
        services.AddSingleton<ManagementAccess>();
        services.AddSingleton<ServingState>();
        services.AddSingleton<Watchdog>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<MetricsExport>();
        services.AddSingleton(configuration.Tracing);
        services.AddSingleton<TraceExport>();
        services.AddSingleton<LaneTeam>();
        services.AddSingleton<LargeBodies>();
        services.AddSingleton<InvocationPipeline>();
        services.AddHostedService(provider => provider.GetRequiredService<LaneTeam>());
        services.AddHostedService<Drain>();
        services.AddSingleton(configuration);
        services.AddSingleton<ConfigurationReload>();
        services.AddHostedService(provider => provider.GetRequiredService<ConfigurationReload>());
        services.Configure<HostOptions>(host => host.ShutdownTimeout = configuration.Server.ShutdownTimeout);
    }
}
