namespace Endpoints.Hub.Archives;

/// <summary>What an archive may unpack to at most: a few kilobytes can unpack to more than any disk holds.</summary>
public sealed record ExtractionLimits
{
    /// <summary>Bytes of all files together. Default 4 GiB.</summary>
    public long Bytes { get; init; } = 4L << 30;

    /// <summary>Files and folders. Default 250,000.</summary>
    public int Entries { get; init; } = 250_000;
}
