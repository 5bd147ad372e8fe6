namespace Endpoints.Compute.Linear;

/// <summary>How a layer's work is cut into items.</summary>
internal static class Blocking
{
    /// <summary>Bytes of the input that an item works on: what stays in the second-level cache beside a panel.</summary>
    private const long BlockBytes = 384 * 1024;

    /// <summary>Below both of these a region on the team costs more than it saves: float32 operations (the others count a half and a quarter), bytes of weights.</summary>
    private const double SmallestWork = 400_000, SmallestBytes = 128 * 1024;

    /// <summary>Items for each thread, so that a late one costs little.</summary>
    private const int ItemsPerThread = 4;

    /// <summary>True where a team is quicker than its caller alone.</summary>
    public static bool IsWorthSharing(int rows, WeightsView weights) =>
        2.0 * rows * weights.Columns * weights.Steps >= SmallestWork || weights.Bytes >= SmallestBytes;

    /// <summary>Rows of a block: what fits the cache, cut further until every thread has several items to claim.</summary>
    public static int Rows(int rows, nint rowBytes, int panels, int threads, int tileRows)
    {
        int fits = (int)Math.Max(tileRows, BlockBytes / Math.Max(1, rowBytes));
        int blocks = Math.Max(1, (rows + fits - 1) / fits);
        if (threads > 1)
        {
            blocks = Math.Max(blocks, ((ItemsPerThread * threads) + panels - 1) / panels);
        }

        int perBlock = (rows + blocks - 1) / blocks;
        return Math.Max(tileRows, (perBlock + tileRows - 1) / tileRows * tileRows);
    }

    /// <summary>Panels of an item: neighbours where there is one tile a panel, for then reading them in one stretch is what takes the time.</summary>
    public static int Panels(int rows, int panels, int threads, int tileRows) =>
        rows > tileRows ? 1 : threads == 1 ? panels : Math.Max(1, panels / (ItemsPerThread * threads));
}
