using Endpoints.Tests;

namespace Endpoints.Hub.Tests;

public sealed class HubSettingsTests
{
    public static TheoryData<string, string> Caches => new()
    {
        { "", "/home/me/.cache/huggingface/hub" },
        { "XDG_CACHE_HOME=/x", "/x/huggingface/hub" },
        { "HF_HOME=/h XDG_CACHE_HOME=/x", "/h/hub" },
        { "HF_HOME=~/h", "/home/me/h/hub" },
        { "HUGGINGFACE_HUB_CACHE=/old", "/old" },
        { "HF_HUB_CACHE=/c HUGGINGFACE_HUB_CACHE=/old HF_HOME=/h", "/c" },
        { "HF_HUB_CACHE= HF_HOME=/h", "/h/hub" },
    };

    [Theory, MemberData(nameof(Caches))]
    public void FromEnvironment_CacheFolder_IsWhereTheHubsClientHasIt(string variables, string expected) => Assert.Equal(expected, Settings(variables).CacheFolder);

    [Theory]
    [InlineData("", false)]
    [InlineData("HF_HUB_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=true", true)]
    [InlineData("HF_HUB_OFFLINE=Yes", true)]
    [InlineData("HF_HUB_OFFLINE=0", false)]
    public void FromEnvironment_Offline_IsReadAsTheHubsClientDoes(string variables, bool expected) => Assert.Equal(expected, Settings(variables).IsOffline);

    [Theory]
    [InlineData("", "https://huggingface.co/")]
    [InlineData("HF_ENDPOINT=https://mirror.example/hub/", "https://mirror.example/hub")]
    public void FromEnvironment_Endpoint_IsTheAddress(string variables, string expected) => Assert.Equal(expected, Settings(variables).Endpoint.AbsoluteUri);

    [Theory]
    [InlineData("HF_ENDPOINT=ftp://x")]
    [InlineData("HF_ENDPOINT=mirror")]
    [InlineData("HF_ENDPOINT=https://me:secret@mirror.example")]
    [InlineData("HF_ENDPOINT=https://mirror.example?key=secret")]
    [InlineData("HF_TOKEN=hf_secret\nX-Evil:1")]
    [InlineData("HF_TOKEN=hf_secretü")]
    public void FromEnvironment_UnusableValue_NamesTheVariableAndNotTheValue(string variables)
    {
        HubException failure = Assert.Throws<HubException>(() => Settings(variables));
        Assert.StartsWith(variables[..variables.IndexOf('=', StringComparison.Ordinal)], failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromEnvironment_Token_ComesFromTheVariableOrTheFile()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(Settings($"HF_HOME={folder.Path}").Token);
        File.WriteAllText(folder.File("token"), "hf_file\n");
        File.WriteAllText(folder.File("other"), "hf_other");
        Assert.Equal("hf_file", Settings($"HF_HOME={folder.Path}").Token);
        Assert.Equal("hf_other", Settings($"HF_HOME={folder.Path} HF_TOKEN_PATH={folder.File("other")}").Token);
        Assert.Equal("hf_set", Settings($"HF_HOME={folder.Path} HF_TOKEN=hf_set").Token);
    }

    [Theory]
    [InlineData("bert-base-uncased", true)]
    [InlineData("google-bert/bert-base-cased", true)]
    [InlineData("a/b/c", false)]
    [InlineData("../evil", false)]
    [InlineData("a/..", false)]
    [InlineData("/etc", false)]
    [InlineData("a--b/c", false)]
    [InlineData("a b", false)]
    [InlineData("a/b\n", false)]
    [InlineData("", false)]
    public void TryParse_Id_IsOwnerAndName(string text, bool expected) => Assert.Equal(expected, RepositoryId.TryParse(text) is not null);

    private static HubSettings Settings(string variables)
    {
        var values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        values["HOME"] = "/home/me";
        return HubSettings.FromEnvironment(name => values.GetValueOrDefault(name));
    }
}
