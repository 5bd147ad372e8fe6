using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Endpoints.Hub.Archives;
using Endpoints.Tests;

namespace Endpoints.Hub.Tests.Archives;

/// <summary>Archives that are good, and archives made to do harm.</summary>
public sealed class ArchiveFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder.File("inner/out");

    public static TheoryData<string> Escapes => ["../evil", "a/../../evil", "/evil", "\\evil", "..\\evil", "C:\\evil", "C:evil", "a/..", "//server/share", "a//b", "a\0b"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".zip")]
    [InlineData(".tar.gz")]
    [InlineData(".tgz")]
    public async Task ExtractAsync_GoodArchive_WritesItsFiles(string extension)
    {
        string archive = Make(extension, ("./a/", null), ("./a/one.txt", "one"), ("a/b/two.txt", "two"), ("empty", ""));
        await ExtractAsync(archive);
        Assert.Equal("one", File.ReadAllText(Path.Combine(Target, "a", "one.txt")));
        Assert.Equal("two", File.ReadAllText(Path.Combine(Target, "a", "b", "two.txt")));
        Assert.Equal("", File.ReadAllText(Path.Combine(Target, "empty")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.File("inner")));
    }

    [Theory, MemberData(nameof(Escapes))]
    public async Task ExtractAsync_ZipEntryThatEscapes_IsRefusedWhole(string name) => await AssertRefusedAsync(Make(".zip", ("good.txt", "good"), (name, "evil")), "outside of its folder");

    [Theory, MemberData(nameof(Escapes))]
    public async Task ExtractAsync_TarEntryThatEscapes_IsRefusedWhole(string name)
    {
        if (!name.Contains('\0', StringComparison.Ordinal))
        {
            await AssertRefusedAsync(Make(".tar.gz", ("good.txt", "good"), (name, "evil")), "outside of its folder");
        }
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.Fifo)]
    public async Task ExtractAsync_TarLinkOrDevice_IsRefused(TarEntryType type)
    {
        var entry = new PaxTarEntry(type, "link");
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
        {
            entry.LinkName = "/etc/passwd";
        }

        await AssertRefusedAsync(MakeTar(".tar.gz", entry), "is a link or a device");
    }

    [Fact]
    public async Task ExtractAsync_ZipSymbolicLink_IsRefused()
    {
        string archive = _folder.File("link.zip");
        using (var zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        {
            ZipArchiveEntry entry = zip.CreateEntry("link");
            entry.ExternalAttributes = unchecked((int)0xA1FF0000);
            using var writer = new StreamWriter(entry.Open());
            writer.Write("/etc/passwd");
        }

        await AssertRefusedAsync(archive, "is a link or a device");
    }

    [Theory]
    [InlineData(".zip")]
    [InlineData(".tgz")]
    public async Task ExtractAsync_UnpacksToTooMuch_IsRefused(string extension)
    {
        string archive = Make(extension, ("zeros", new string('0', 1_000_000)));
        Assert.True(new FileInfo(archive).Length < 10_000);
        await AssertRefusedAsync(archive, "more than 999999 bytes", new ExtractionLimits { Bytes = 999_999 });
        await ExtractAsync(archive, new ExtractionLimits { Bytes = 1_000_000 });
    }

    [Fact]
    public async Task ExtractAsync_ZipDeclaresLessThanItHolds_CannotPassTheLimit()
    {
        string archive = Make(".zip", ("zeros", new string('0', 1_000_000)));
        byte[] bytes = File.ReadAllBytes(archive);
        byte[] declared = BitConverter.GetBytes(1_000_000);
        for (int at; (at = bytes.AsSpan().IndexOf(declared)) >= 0;)
        {
            BitConverter.GetBytes(10).CopyTo(bytes, at);
        }

        File.WriteAllBytes(archive, bytes);
        await ExtractAsync(archive, new ExtractionLimits { Bytes = 1000 });
        Assert.InRange(new FileInfo(Path.Combine(Target, "zeros")).Length, 0, 1000);
    }

    [Theory]
    [InlineData(".zip")]
    [InlineData(".tgz")]
    public async Task ExtractAsync_TooManyEntries_IsRefused(string extension) => await AssertRefusedAsync(
        Make(extension, ("1", ""), ("2", ""), ("3", "")), "more than 2 entries", new ExtractionLimits { Entries = 2 });

    [Theory]
    [InlineData(".zip")]
    [InlineData(".tgz")]
    public async Task ExtractAsync_Damaged_SaysSoAndLeavesNothing(string extension)
    {
        string archive = Make(extension, ("a.txt", new string('a', 10_000)), ("b.txt", "b"));
        File.WriteAllBytes(archive, File.ReadAllBytes(archive)[..^60]);
        HubException failure = await Assert.ThrowsAsync<HubException>(() => ExtractAsync(archive));
        Assert.Contains("is damaged or no archive of its kind", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("inner")));
    }

    [Fact]
    public async Task ExtractAsync_OtherKind_SaysWhatIsExpected()
    {
        File.WriteAllText(_folder.File("data.rar"), "");
        HubException failure = await Assert.ThrowsAsync<HubException>(() => ExtractAsync(_folder.File("data.rar")));
        Assert.Contains("'.rar' where .zip, .tar.gz or .tgz is expected", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExtractAsync_Cancelled_LeavesNothing()
    {
        string archive = Make(".zip", ("a.txt", "a"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ArchiveFile.ExtractAsync(archive, Target, null, new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("inner")));
    }

    private async Task AssertRefusedAsync(string archive, string finding, ExtractionLimits? limits = null)
    {
        HubException failure = await Assert.ThrowsAsync<HubException>(() => ExtractAsync(archive, limits));
        Assert.Contains(finding, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("inner")));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    private Task ExtractAsync(string archive, ExtractionLimits? limits = null)
    {
        Directory.CreateDirectory(_folder.File("inner"));
        return ArchiveFile.ExtractAsync(archive, Target, limits, CancellationToken.None);
    }

    private string Make(string extension, params (string Name, string? Text)[] entries) => extension == ".zip" ? MakeZip(entries) : MakeTar(extension, [.. entries.Select(entry =>
        entry.Text is null ? new PaxTarEntry(TarEntryType.Directory, entry.Name) : new PaxTarEntry(TarEntryType.RegularFile, entry.Name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(entry.Text)) })]);

    private string MakeZip((string Name, string? Text)[] entries)
    {
        string archive = _folder.File("data.zip");
        using var zip = ZipFile.Open(archive, ZipArchiveMode.Create);
        foreach ((string name, string? text) in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }

        return archive;
    }

    private string MakeTar(string extension, params PaxTarEntry[] entries)
    {
        string archive = _folder.File($"data{extension}");
        using var tar = new TarWriter(new GZipStream(File.Create(archive), CompressionLevel.Fastest));
        foreach (PaxTarEntry entry in entries)
        {
            tar.WriteEntry(entry);
        }

        return archive;
    }
}
