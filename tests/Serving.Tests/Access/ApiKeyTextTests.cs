using System.Security.Cryptography;
using System.Text;
using Endpoints.Serving.Access;

namespace Endpoints.Serving.Tests.Access;

public sealed class ApiKeyTextTests
{
    private const string Key = "correct-horse-battery";

    [Fact]
    public void Parse_CommentsBlankLinesAndQuotas_GivesTheKeys()
    {
        string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        List<ApiKey> keys = Parse($"# who may\n\nalice  {Key}\t\r\n"
            + $"bob sha256:{hash.ToLowerInvariant()} requests=0.5\n  carol {Key}-2 requests=20 manage burst=5 compute=0.25");

        Assert.Equal(["alice", "bob", "carol"], keys.Select(key => key.Name));
        Assert.Equal(keys[0].Hash, keys[1].Hash);
        Assert.NotEqual(keys[0].Hash, keys[2].Hash);
        Assert.Equal([false, false, true], keys.Select(key => key.CanManage));
        Assert.Equal(new KeyQuota(null, 1, null), keys[0].Quota);
        Assert.Equal(new KeyQuota(0.5, 1, null), keys[1].Quota);
        Assert.Equal(new KeyQuota(20, 5, 0.25), keys[2].Quota);
    }

    [Theory]
    [InlineData("correct-horse-battery", "expected NAME KEY")]
    [InlineData("a/b correct-horse-battery", "expected NAME KEY")]
    [InlineData("alice tooshort-secret", "key 'alice' has 15 characters: expected at least 16")]
    [InlineData("alice sha256:abcd", "expected 64 hexadecimal digits after sha256:, found 4 characters")]
    [InlineData("alice correct-horse-battery correct-horse-battery", "found a word after the key that is no quota or right")]
    [InlineData("alice correct-horse-battery limit=5", "found a word after the key that is no quota or right")]
    [InlineData("alice correct-horse-battery requests=many", "requests must be a number above 0")]
    [InlineData("alice correct-horse-battery requests=0", "requests must be a number above 0")]
    [InlineData("alice correct-horse-battery compute=NaN", "compute must be a number above 0")]
    [InlineData("alice correct-horse-battery burst=5", "burst without requests")]
    [InlineData("alice correct-horse-battery requests=1 burst=0.5", "burst must be at least 1")]
    public void Parse_WrongLine_IsNamedWithItsNumberAndNeverShowsTheKey(string line, string expected)
    {
        var failures = new List<string>();

        Assert.Empty(ApiKeyText.Parse($"# keys\n{line}", ['\n'], "keys.txt", failures));

        string failure = Assert.Single(failures);
        Assert.StartsWith("keys.txt, line 2: ", failure, StringComparison.Ordinal);
        Assert.Contains(expected, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("abcd", failure, StringComparison.Ordinal);
    }

    private static List<ApiKey> Parse(string text)
    {
        var failures = new List<string>();
        List<ApiKey> keys = ApiKeyText.Parse(text, ['\n'], "keys.txt", failures);
        Assert.Empty(failures);
        return keys;
    }
}
