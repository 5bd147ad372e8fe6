using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using Endpoints.Serving.Cors;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Options;

/// <summary>Every option, bound and validated once at start. All that is wrong is reported together.</summary>
internal sealed partial class ServingConfiguration
{
    /// <summary>The section with a section for each elastic endpoint.</summary>
    public const string ElasticSectionName = "Endpoints:Elastic";

    /// <summary>The section with a section for each cascade of endpoints.</summary>
    public const string CascadeSectionName = "Endpoints:Cascade";

    private const string RootSectionName = "Endpoints";

    private readonly IConfiguration _configuration;
    private readonly List<string> _failures = [];

    private ServingConfiguration(IConfiguration configuration) => _configuration = configuration;

    public ServerOptions Server { get; } = new();

    public AccessOptions Access { get; } = new();

    public ConnectionOptions Connections { get; } = new();

    public TlsOptions Tls { get; } = new();

    public TracingOptions Tracing { get; } = new();

    public WatchdogOptions Watchdog { get; } = new();

    public FrozenDictionary<string, EndpointOptions> Endpoints { get; private set; } = FrozenDictionary<string, EndpointOptions>.Empty;

    /// <summary>Reads the options of the server and of the endpoints of these names, the first being the default endpoint, and of those that the configuration adds.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong; it lists everything that is.</exception>
    public static ServingConfiguration Load(IConfiguration configuration, IReadOnlyList<string> names)
    {
        var result = new ServingConfiguration(configuration);
        result.BindCascades(names);
        string[] all = [.. names, .. result.Cascades.Keys];
        result.CheckNames(all);
        result.CheckSections();
        result.BindServer();
        result.BindOperations();
        result.BindEndpoints(all);
        result.SetPrecisionsOfCascades();
        result.BindElastic(all);
        return result._failures.Count == 0
            ? result
            : throw new OptionsValidationException(RootSectionName, typeof(ServingConfiguration), result._failures.Distinct(StringComparer.Ordinal));
    }

    /// <summary>Cascades by name.</summary>
    public FrozenDictionary<string, CascadeSettings> Cascades { get; private set; } = FrozenDictionary<string, CascadeSettings>.Empty;

    /// <summary>Elastic endpoints by name, with the names of their members, the most accurate first.</summary>
    public FrozenDictionary<string, string[]> Elastic { get; private set; } = FrozenDictionary<string, string[]>.Empty;

    /// <summary>Reads the options of an endpoint that is added later.</summary>
    /// <param name="configuration">That of the server.</param>
    /// <param name="name">The endpoint's name.</param>
    /// <param name="settings">Its own options by name, which win over the configuration.</param>
    /// <returns>The options; or null, and everything that is wrong.</returns>
    public static (EndpointOptions? Options, IReadOnlyList<string> Failures) ForEndpoint(
        IConfiguration configuration, string name, IReadOnlyDictionary<string, string?> settings)
    {
        if (!NamePattern.IsMatch(name))
        {
            return (null, [NotAName(name)]);
        }

        IConfiguration merged = new ConfigurationBuilder()
            .AddConfiguration(configuration)
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{EndpointOptions.ByNameSectionName}:{name}:{setting.Key}", setting.Value)))
            .Build();
        var result = new ServingConfiguration(merged);
        result.BindServer();
        result.BindEndpoints([name]);
        return result._failures.Count == 0 ? (result.Endpoints[name], []) : (null, result._failures);
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern { get; }

    private void CheckNames(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            _failures.Add("There is no endpoint to serve; give at least one.");
        }

        foreach (string name in names.Where(name => !NamePattern.IsMatch(name)))
        {
            _failures.Add(NotAName(name));
        }

        // Configuration keys ignore case, so names that differ only in case could not be configured apart.
        foreach (var group in names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            _failures.Add($"{group.Count()} endpoints are named '{group.Key}' (case does not count); give each its own name.");
        }

        var known = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        IConfigurationSection byName = _configuration.GetSection(EndpointOptions.ByNameSectionName);
        foreach (IConfigurationSection section in byName.GetChildren().Where(section => !known.Contains(section.Key)))
        {
            _failures.Add($"{section.Path} configures an endpoint that is not served; the endpoints are: {string.Join(", ", names)}.");
        }
    }

    private static string NotAName(string name) =>
        $"'{name}' cannot name an endpoint: use 1 to 63 letters, digits, '.', '_' or '-', starting with a letter or digit.";

    private void CheckSections()
    {
        foreach (IConfigurationSection section in _configuration.GetSection(RootSectionName).GetChildren())
        {
            if (section.Key.ToLowerInvariant() is not ("server" or "defaults" or "byname" or "access" or "connections" or "tls" or "tracing" or "watchdog" or "elastic" or "cascade"))
            {
                _failures.Add($"{section.Path} is not a section; the sections are Server, Access, Connections, Tls, Tracing, Watchdog, Defaults, ByName, Elastic and Cascade.");
            }
        }
    }

    // The source-generated binder must see the type at each call.
    private void BindOperations()
    {
        IConfigurationSection access = _configuration.GetSection(AccessOptions.SectionName);
        Try(() => access.Bind(Access, binder => binder.ErrorOnUnknownConfiguration = true), access);

        IConfigurationSection connections = _configuration.GetSection(ConnectionOptions.SectionName);
        Try(() => connections.Bind(Connections, binder => binder.ErrorOnUnknownConfiguration = true), connections);
        AddFailures(connections, new ConnectionOptionsValidator().Validate(ConnectionOptions.SectionName, Connections));

        IConfigurationSection tls = _configuration.GetSection(TlsOptions.SectionName);
        Try(() => tls.Bind(Tls, binder => binder.ErrorOnUnknownConfiguration = true), tls);

        IConfigurationSection tracing = _configuration.GetSection(TracingOptions.SectionName);
        Try(() => tracing.Bind(Tracing, binder => binder.ErrorOnUnknownConfiguration = true), tracing);
        AddFailures(tracing, new TracingOptionsValidator().Validate(TracingOptions.SectionName, Tracing));

        IConfigurationSection watchdog = _configuration.GetSection(WatchdogOptions.SectionName);
        Try(() => watchdog.Bind(Watchdog, binder => binder.ErrorOnUnknownConfiguration = true), watchdog);
        AddFailures(watchdog, new WatchdogOptionsValidator().Validate(WatchdogOptions.SectionName, Watchdog));
    }

    private void BindServer()
    {
        IConfigurationSection section = _configuration.GetSection(ServerOptions.SectionName);
        Try(() => section.Bind(Server, binder => binder.ErrorOnUnknownConfiguration = true), section);
        AddFailures(section, new ServerOptionsValidator().Validate(ServerOptions.SectionName, Server));
        if (Server.DrainDelay >= Server.ShutdownTimeout)
        {
            _failures.Add(
                $"{ServerOptions.SectionName}:DrainDelay ({Server.DrainDelay}) must be shorter than ShutdownTimeout ({Server.ShutdownTimeout}), "
                + "of which it is a part.");
        }

        CheckOrigins(section.GetSection(nameof(ServerOptions.AllowedOrigins)));
        if (Server.OtlpEndpoint is { } uri && (!uri.IsAbsoluteUri || uri.Scheme is not ("http" or "https")))
        {
            _failures.Add($"{ServerOptions.SectionName}:OtlpEndpoint must be an http or https address such as http://localhost:4317 (found '{uri}').");
        }
    }

    private void CheckOrigins(IConfigurationSection section)
    {
        if (section.Value is { Length: > 0 } text)
        {
            _failures.Add($"{section.Path} must be a list: set {section.Path}:0 to the first origin, :1 to the second one, and so on (found '{text}').");
        }

        foreach (IConfigurationSection entry in section.GetChildren())
        {
            bool isAny = entry.Value == CrossOrigin.Any;
            if (isAny ? Server.AllowedOrigins.Length > 1 : !CrossOrigin.IsOrigin(entry.Value ?? ""))
            {
                _failures.Add(
                    $"{entry.Path} must be an origin as browsers send it, without a path, such as https://app.example.com or http://localhost:3000, or * alone for every one (found '{entry.Value}').");
            }
        }
    }

    private void BindEndpoints(IReadOnlyList<string> names)
    {
        var endpoints = new Dictionary<string, EndpointOptions>(StringComparer.Ordinal);
        IConfigurationSection defaults = _configuration.GetSection(EndpointOptions.DefaultsSectionName);
        var validator = new EndpointOptionsValidator();
        foreach (string name in names)
        {
            var options = new EndpointOptions();
            Try(() => defaults.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true), defaults);
            AddFailures(defaults, validator.Validate(EndpointOptions.DefaultsSectionName, options));

            IConfigurationSection own = _configuration.GetSection($"{EndpointOptions.ByNameSectionName}:{name}");
            if (own.Exists())
            {
                Try(() => own.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true), own);
                AddFailures(own, validator.Validate(own.Path, options));
            }

            if (Server.MaxPairs > options.MaxConcurrency)
            {
                _failures.Add(
                    $"{ServerOptions.SectionName}:MaxPairs ({Server.MaxPairs}) is above MaxConcurrency of endpoint '{name}' ({options.MaxConcurrency}), "
                    + "so a request of that many pairs could never be admitted; lower the one or raise the other.");
            }

            endpoints[name] = options;
        }

        Endpoints = endpoints.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private void BindCascades(IReadOnlyList<string> names)
    {
        var cascades = new Dictionary<string, CascadeSettings>(StringComparer.Ordinal);
        foreach (IConfigurationSection section in _configuration.GetSection(CascadeSectionName).GetChildren())
        {
            string[] members = section["Members"]?.Split(',', StringSplitOptions.TrimEntries) ?? [];
            if (members.Length != 2 || members[0] == members[1] || members.Except(names, StringComparer.Ordinal).Any())
            {
                _failures.Add(
                    $"{section.Path}:Members must be two different endpoints, the small one first, separated by a comma; "
                    + $"the endpoints are: {string.Join(", ", names)} (found '{section["Members"]}').");
                continue;
            }

            if (!double.TryParse(section["Threshold"], NumberStyles.Float, CultureInfo.InvariantCulture, out double threshold) || threshold is not (>= 0 and <= 1))
            {
                _failures.Add($"{section.Path}:Threshold must be a number from 0 to 1, the least margin at which the small one's answer stands (found '{section["Threshold"]}').");
                continue;
            }

            if (section.GetChildren().FirstOrDefault(setting => setting.Key.ToLowerInvariant() is not ("members" or "threshold")) is { } unknown)
            {
                _failures.Add($"{unknown.Path} is no setting of a cascade; they are Members and Threshold. Its others are those of every endpoint, under {EndpointOptions.ByNameSectionName}:{section.Key}.");
            }

            cascades[section.Key] = new CascadeSettings(members[0], members[1], threshold);
        }

        Cascades = cascades.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // A cascade that names no precision of its own runs each network in what its endpoint has in memory.
    private void SetPrecisionsOfCascades()
    {
        foreach ((string name, CascadeSettings cascade) in Cascades)
        {
            if (_configuration[$"{EndpointOptions.ByNameSectionName}:{name}:{nameof(EndpointOptions.Precision)}"] is null)
            {
                cascade.SmallPrecision = Endpoints[cascade.Small].Precision;
                Endpoints[name].Precision = Endpoints[cascade.Large].Precision;
            }
        }
    }

    private void BindElastic(IReadOnlyList<string> names)
    {
        var elastics = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (IConfigurationSection section in names.Count == 0 ? [] : _configuration.GetSection(ElasticSectionName).GetChildren())
        {
            string[] members = section["Members"]?.Split(',', StringSplitOptions.TrimEntries) ?? [];
            if (!NamePattern.IsMatch(section.Key))
            {
                _failures.Add(NotAName(section.Key));
            }
            else if (names.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                _failures.Add($"{section.Path}: an endpoint has this name already; give the elastic one a name of its own.");
            }
            else if (members.Length < 2 || members.Distinct(StringComparer.Ordinal).Count() < members.Length || members.Except(names, StringComparer.Ordinal).Any())
            {
                _failures.Add(
                    $"{section.Path}:Members must be two or more different endpoints, the most accurate first, separated by commas; "
                    + $"the endpoints are: {string.Join(", ", names)} (found '{section["Members"]}').");
            }

            elastics[section.Key] = members;
        }

        Elastic = elastics.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // The binder throws for a value of the wrong type and for an unknown key.
    private void Try(Action bind, IConfigurationSection section)
    {
        try
        {
            bind();
        }
        catch (InvalidOperationException exception)
        {
            string reason = exception.Message.Contains(nameof(BinderOptions.ErrorOnUnknownConfiguration), StringComparison.Ordinal)
                ? "some of its keys are no settings: " + exception.Message[(exception.Message.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
                : exception.Message;
            _failures.Add($"{section.Path}: {reason}");
        }
    }

    // "MaxBatchTokens: The field Endpoints:Defaults.MaxBatchTokens must be between ..." becomes a sentence with the value found.
    // A section without the value has it from the defaults, which report it themselves.
    private void AddFailures(IConfigurationSection section, ValidateOptionsResult result)
    {
        foreach (string failure in result.Failures ?? [])
        {
            string property = failure[..failure.IndexOf(':', StringComparison.Ordinal)];
            string expected = failure[failure.IndexOf(" must be ", StringComparison.Ordinal)..].TrimEnd('.');
            if (section[property] is { } found)
            {
                _failures.Add($"{section.Path}:{property}{expected} (found '{found}').");
            }
        }
    }
}
