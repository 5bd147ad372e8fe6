using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Completion;

/// <summary>Runs where the shell is installed.</summary>
internal sealed class ShellTheoryAttribute : TheoryAttribute
{
    public ShellTheoryAttribute(string shell) => Skip = Programs.Missing(shell, $"apt-get install {shell}");
}
