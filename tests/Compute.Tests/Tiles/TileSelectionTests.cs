using Endpoints.Compute.Code;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Tests.Tiles;

public sealed class TileSelectionTests
{
    [Fact]
    public void Find_Unforced_TakesAssembledWhereTheProcessorHasTheInstructions()
    {
        bool[] has = [ProcessorFeatures.HasAvx512, ProcessorFeatures.HasAvx512BFloat16, ProcessorFeatures.HasAvx512Vnni];
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            TilePath path = TileSelection.Find(precision, null, SimdSelection.Available[0])!.Path;
            Assert.Equal(has[(int)precision] && ExecutableMemory.IsSupported, path == TilePath.Assembled);
        }
    }

    [Fact]
    public void Find_Forced_TakesThatOrManaged()
    {
        Assert.Equal(TilePath.Managed, TileSelection.Find(Precision.BFloat16, "managed", SimdSelection.Path)!.Path);
        Assert.Equal(TilePath.Managed, TileSelection.Find(Precision.BFloat16, "AvxVnni", SimdSelection.Path)!.Path);
        Assert.Null(TileSelection.Find(Precision.Int8, "fastest", SimdSelection.Path));
    }

    [Fact]
    public void Find_NarrowVectorsForced_AssemblesNothing()
    {
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            Assert.NotEqual(TilePath.Assembled, TileSelection.Find(precision, null, SimdPath.Vector256)!.Path);
        }
    }
}
