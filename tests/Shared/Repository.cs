namespace Endpoints.Tests;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Endpoints.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Endpoints.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
