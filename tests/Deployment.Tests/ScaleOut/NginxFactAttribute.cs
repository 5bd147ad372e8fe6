using Endpoints.Tests;

namespace Endpoints.Deployment.Tests.ScaleOut;

/// <summary>Runs where nginx is installed.</summary>
internal sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Programs.Missing("nginx", "apt-get install nginx");
}

/// <summary>Runs where nginx is installed.</summary>
internal sealed class NginxTheoryAttribute : TheoryAttribute
{
    public NginxTheoryAttribute() => Skip = Programs.Missing("nginx", "apt-get install nginx");
}
