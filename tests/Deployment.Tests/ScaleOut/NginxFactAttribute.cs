namespace Endpoints.Deployment.Tests.ScaleOut;

/// <summary>Runs where nginx is installed.</summary>
internal sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Tool.Missing("nginx", "nginx");
}

/// <summary>Runs where nginx is installed.</summary>
internal sealed class NginxTheoryAttribute : TheoryAttribute
{
    public NginxTheoryAttribute() => Skip = Tool.Missing("nginx", "nginx");
}
