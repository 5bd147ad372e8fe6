using Endpoints.Serving.Protocols.SageMaker;
using Microsoft.Extensions.Configuration;

namespace Endpoints.Serving.Tests.Protocols.SageMaker;

public sealed class SageMakerPlatformTests
{
    [Fact]
    public void Configure_PortOfThePlatform_WinsOverTheImagesAddress()
    {
        (ConfigurationManager configuration, Dictionary<string, string?> defaults) = Configure(isContainer: false, ("urls", "http://0.0.0.0:80"), ("SAGEMAKER_BIND_TO_PORT", "8123"));

        Assert.Equal("http://*:8123", configuration["urls"]);
        Assert.Equal("true", defaults["Endpoints:Access:AllowAnonymous"]);
    }

    [Fact]
    public void Configure_ModelOfThePlatform_ListensOnEveryAddress()
    {
        Assert.Equal("http://*:8080", Configure(isContainer: true).Defaults["urls"]);
        Assert.Equal("true", Configure(isContainer: true).Defaults["Endpoints:Access:AllowAnonymous"]);
        Assert.False(Configure(isContainer: true, ("urls", "http://127.0.0.1:80")).Defaults.ContainsKey("urls"));
    }

    [Theory]
    [InlineData("ENDPOINTS_API_KEYS")]
    [InlineData("Endpoints:Access:KeyFile")]
    public void Configure_KeysAreGiven_AsksForThem(string setting) =>
        Assert.False(Configure(isContainer: true, (setting, "a")).Defaults.ContainsKey("Endpoints:Access:AllowAnonymous"));

    [Fact]
    public void Configure_Elsewhere_ChangesNothing()
    {
        (ConfigurationManager configuration, Dictionary<string, string?> defaults) = Configure(isContainer: false);

        Assert.Null(configuration["urls"]);
        Assert.Equal(["urls"], defaults.Keys);
        Assert.Equal("http://127.0.0.1:8080", defaults["urls"]);
    }

    // As the host does it: the default address is there where no other is configured.
    private static (ConfigurationManager Configuration, Dictionary<string, string?> Defaults) Configure(bool isContainer, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        Dictionary<string, string?> defaults = configuration["urls"] is null ? new() { ["urls"] = "http://127.0.0.1:8080" } : [];
        SageMakerPlatform.Configure(configuration, defaults, isContainer);
        return (configuration, defaults);
    }
}
