using System.Globalization;
using System.Text.RegularExpressions;
using Endpoints.Serving.Options;
using YamlDotNet.RepresentationModel;

namespace Endpoints.Deployment.Tests;

/// <summary>Rules that a manifest can break without any tool's complaint, and that cost an outage when it does.</summary>
public sealed class ManifestTests : IClassFixture<RunningServer>
{
    private static readonly YamlMappingNode[] Jobs = [.. new[] { "search", "load", "load-merge" }.SelectMany(name => Manifests.Read($"jobs/{name}.yaml"))];
    private readonly RunningServer _server;

    public ManifestTests(RunningServer server) => _server = server;

    [KubectlTheory]
    [InlineData("cpu")]
    [InlineData("keda")]
    public void Containers_AreLimitedAndContained(string overlay)
    {
        foreach (YamlMappingNode workload in Manifests.Render(overlay).Kind("Deployment").Concat(Jobs))
        {
            Assert.Equal("true", workload.Text("spec.template.spec.securityContext.runAsNonRoot"));
            Assert.Equal("10001", workload.Text("spec.template.spec.securityContext.runAsUser"));
            Assert.Equal("RuntimeDefault", workload.Text("spec.template.spec.securityContext.seccompProfile.type"));
            Assert.All(workload.Containers(), container =>
            {
                Assert.Equal("true", container.Text("securityContext.readOnlyRootFilesystem"));
                Assert.Equal("false", container.Text("securityContext.allowPrivilegeEscalation"));
                Assert.Equal(["ALL"], ((YamlSequenceNode)container.At("securityContext.capabilities.drop")!).Select(capability => ((YamlScalarNode)capability).Value));
                Assert.NotNull(container.Text("resources.requests.cpu"));
                Assert.NotNull(container.Text("resources.requests.memory"));
                Assert.NotNull(container.Text("resources.limits.memory"));
            });
        }
    }

    [Fact]
    public void LoadJob_WorkersAreAsManyAsTheyThinkAndMergeWhatTheyWrite()
    {
        YamlMappingNode load = Assert.Single(Manifests.Read("jobs/load.yaml")), merge = Assert.Single(Manifests.Read("jobs/load-merge.yaml"));
        string[] arguments = Arguments(load);

        Assert.Equal("Indexed", load.Text("spec.completionMode"));
        Assert.Equal(load.Text("spec.completions"), load.Text("spec.parallelism"));
        Assert.Contains($"--worker=/{load.Text("spec.completions")}", arguments);
        Assert.Equal(("0", "Never"), (load.Text("spec.backoffLimit"), load.Text("spec.template.spec.restartPolicy")));
        Assert.Contains("--start-at=$(START_AT)", arguments);
        Assert.Equal("START_AT", Assert.Single(Assert.Single(load.Containers()).List("env")).Text("name"));

        // The endpoints' network policy lets in pods with its label.
        IEnumerable<YamlMappingNode> allowed = Assert.Single(Manifests.Read("common/network-policy.yaml")).List("spec.ingress").SelectMany(rule => rule.List("from"));
        IReadOnlyDictionary<string, string> labels = load.Map("spec.template.metadata.labels");
        Assert.Contains(allowed, from => from.Map("podSelector.matchLabels") is { Count: > 0 } wanted && wanted.All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value));

        // Both have the same claim at the same path, and the merge reads the folder that the workers write to.
        Assert.Equal(Claim(load), Claim(merge));
        string output = arguments.Single(argument => argument.StartsWith("--out=", StringComparison.Ordinal))["--out=".Length..];
        Assert.Equal(["load", "merge", output, $"--out={output}"], Arguments(merge));
        Assert.All(new[] { load, merge }, job => Assert.Contains(Assert.Single(job.Containers()).List("volumeMounts"), mount => mount.Text("name") == "output" && mount.Text("mountPath") == output));

        static string[] Arguments(YamlMappingNode job) => [.. ((YamlSequenceNode)Assert.Single(job.Containers()).At("args")!).Select(argument => ((YamlScalarNode)argument).Value!)];
        static string? Claim(YamlMappingNode job) => job.List("spec.template.spec.volumes").Single(volume => volume.Text("name") == "output").Text("persistentVolumeClaim.claimName");
    }

    [Fact]
    public async Task ServiceMonitor_LetsTheServersOwnEndpointLabelWin()
    {
        // The operator labels every target with "endpoint"; without this the server's label of that name would be scraped as exported_endpoint.
        Assert.Contains("{endpoint=\"", await _server.MetricsAsync(), StringComparison.Ordinal);
        Assert.All(Assert.Single(Manifests.Read("common/service-monitor.yaml")).List("spec.endpoints"), endpoint => Assert.Equal("true", endpoint.Text("honorLabels")));
    }

    [Fact]
    public void Autoscalers_OfBothOverlays_KeepTheSameNumbers() => Assert.Equal(
        Manifests.Read("cpu/autoscalers.yaml").Select(scaler => (Manifests.Name(scaler), scaler.Text("spec.minReplicas"), scaler.Text("spec.maxReplicas"))),
        new[] { "base", "pruned" }.SelectMany(name => Manifests.Read($"keda/{name}.yaml")).Select(scaler => (Manifests.Name(scaler), scaler.Text("spec.minReplicaCount"), scaler.Text("spec.maxReplicaCount"))));

    [Fact]
    public void NetworkPolicy_LetsOutToACollector()
    {
        IEnumerable<string?> ports = Assert.Single(Manifests.Read("common/network-policy.yaml")).List("spec.egress").SelectMany(rule => rule.List("ports")).Select(port => port.Text("port"));

        Assert.Subset(ports.ToHashSet(), new HashSet<string?> { "53", "443", "4317", "4318" });
    }

    [KubectlTheory]
    [InlineData("cpu")]
    [InlineData("keda")]
    public async Task Probes_AskRoutesThatTheServerAnswers(string overlay)
    {
        foreach (YamlMappingNode deployment in Manifests.Render(overlay).Kind("Deployment"))
        {
            YamlMappingNode container = Assert.Single(deployment.List("spec.template.spec.containers"));
            YamlMappingNode port = Assert.Single(container.List("ports"));
            foreach (string probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
            {
                Assert.Equal(port.Text("name"), container.Text($"{probe}.httpGet.port"));
                string path = container.Text($"{probe}.httpGet.path")!;
                Assert.True(await _server.AnswersAsync(path), $"{probe} asks {path}, which the server does not answer with 200.");
            }

            // A server that warms up or drains must lose traffic, not its life.
            Assert.Equal("/health/live", container.Text("livenessProbe.httpGet.path"));
            Assert.Equal("/health/ready", container.Text("readinessProbe.httpGet.path"));
        }
    }

    [KubectlTheory]
    [InlineData("cpu")]
    [InlineData("keda")]
    public void Selectors_MatchThePodsOfOneEndpointEach(string overlay)
    {
        IReadOnlyList<YamlMappingNode> all = Manifests.Render(overlay);
        List<YamlMappingNode> deployments = [.. all.Kind("Deployment")];
        Assert.Equal(["base-endpoint", "pruned-endpoint"], deployments.Select(Manifests.Name).Order());
        int Matched(IReadOnlyDictionary<string, string> selector) => deployments.Count(deployment =>
        {
            IReadOnlyDictionary<string, string> labels = deployment.Map("spec.template.metadata.labels");
            return selector.Count > 0 && selector.All(pair => labels.TryGetValue(pair.Key, out string? value) && value == pair.Value);
        });

        Assert.All(deployments, deployment => Assert.Equal(1, Matched(deployment.Map("spec.selector.matchLabels"))));
        Assert.All(all.Kind("Service"), service => Assert.Equal(1, Matched(service.Map("spec.selector"))));
        Assert.All(all.Kind("PodDisruptionBudget"), budget => Assert.Equal(1, Matched(budget.Map("spec.selector.matchLabels"))));

        // The network policy is of both, and the service monitor finds each service once.
        Assert.Equal(2, Matched(Assert.Single(all.Kind("NetworkPolicy")).Map("spec.podSelector.matchLabels")));
        IReadOnlyDictionary<string, string> monitored = Assert.Single(all.Kind("ServiceMonitor")).Map("spec.selector.matchLabels");
        Assert.All(all.Kind("Service"), service => Assert.All(monitored, pair => Assert.Equal(pair.Value, service.Map("metadata.labels")[pair.Key])));
    }

    [KubectlTheory]
    [InlineData("cpu")]
    [InlineData("keda")]
    public async Task References_LeadSomewhere(string overlay)
    {
        IReadOnlyList<YamlMappingNode> all = Manifests.Render(overlay);
        var deployments = all.Kind("Deployment").ToDictionary(Manifests.Name);
        HashSet<string> configurations = [.. all.Kind("ConfigMap").Select(Manifests.Name)], accounts = [.. all.Kind("ServiceAccount").Select(Manifests.Name)];
        foreach (YamlMappingNode deployment in deployments.Values)
        {
            YamlMappingNode container = Assert.Single(deployment.List("spec.template.spec.containers"));
            Assert.Contains(Assert.Single(container.List("envFrom")).Text("configMapRef.name")!, configurations);
            Assert.Contains(deployment.Text("spec.template.spec.serviceAccountName")!, accounts);
            HashSet<string> volumes = [.. deployment.List("spec.template.spec.volumes").Select(volume => volume.Text("name")!)];
            Assert.All(deployment.Containers().SelectMany(of => of.List("volumeMounts")), mount => Assert.Contains(mount.Text("name")!, volumes));

            // The names in $(...) are variables of the same container.
            foreach (YamlMappingNode of in deployment.Containers())
            {
                HashSet<string> variables = [.. of.List("env").Select(variable => variable.Text("name")!)];
                IEnumerable<string> used = ((YamlSequenceNode)of.At("args")!).SelectMany(argument => Regex.Matches(((YamlScalarNode)argument).Value!, @"\$\((\w+)\)").Select(match => match.Groups[1].Value));
                Assert.All(used, name => Assert.Contains(name, variables));
            }
        }

        Assert.All(all.Kind("Service").SelectMany(service => service.List("spec.ports")), port => Assert.Equal("http", port.Text("targetPort")));
        foreach (YamlMappingNode scaler in all.Kind("HorizontalPodAutoscaler").Concat(all.Kind("ScaledObject")))
        {
            Assert.Contains(scaler.Text("spec.scaleTargetRef.name")!, deployments.Keys);
        }

        IReadOnlySet<string> metrics = await _server.MetricNamesAsync();
        Assert.All(
            all.Kind("HorizontalPodAutoscaler").SelectMany(scaler => scaler.List("spec.metrics")).Select(metric => metric.Text("pods.metric.name")).OfType<string>(),
            name => Assert.Contains(name, metrics));
        Assert.All(
            all.Kind("ScaledObject").SelectMany(scaler => scaler.List("spec.triggers")).Select(trigger => trigger.Text("metadata.query")).OfType<string>(),
            query => Assert.All(MonitoringTests.MetricsIn(query), name => Assert.Contains(name, metrics)));
    }

    /// <summary>DrainDelay, then everything accepted is answered before ShutdownTimeout, then the process ends before it would be killed.</summary>
    [KubectlTheory]
    [InlineData("cpu")]
    public void Termination_LeavesTimeToDrain(string overlay)
    {
        IReadOnlyList<YamlMappingNode> all = Manifests.Render(overlay);
        Assert.All(all.Kind("ConfigMap"), map =>
        {
            ServingConfiguration configuration = RunningServer.ConfigurationOf(map.Map("data"));
            Assert.True(configuration.Server.DrainDelay >= TimeSpan.FromSeconds(5), "Proxies need seconds to learn that a pod is not ready.");
            Assert.All(all.Kind("Deployment"), deployment =>
                Assert.True(Seconds(deployment.Text("spec.template.spec.terminationGracePeriodSeconds")!) > configuration.Server.ShutdownTimeout));
        });
    }

    [KubectlTheory]
    [InlineData("cpu")]
    public void Image_IsTheDockerfiles(string overlay)
    {
        string dockerfile = File.ReadAllText(Path.Combine(Manifests.Root, "..", "Dockerfile"));
        string port = Regex.Match(dockerfile, @"^EXPOSE (\d+)$", RegexOptions.Multiline).Groups[1].Value, user = Regex.Match(dockerfile, @"^USER (\d+):", RegexOptions.Multiline).Groups[1].Value;
        Assert.Contains($":{port}", Regex.Match(dockerfile, @"ASPNETCORE_URLS=(\S+)").Groups[1].Value, StringComparison.Ordinal);
        Assert.All(Manifests.Render(overlay).Kind("Deployment"), deployment =>
        {
            Assert.Equal(user, deployment.Text("spec.template.spec.securityContext.runAsUser"));
            Assert.Equal(port, Assert.Single(Assert.Single(deployment.List("spec.template.spec.containers")).List("ports")).Text("containerPort"));
        });
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text, CultureInfo.InvariantCulture));
}
