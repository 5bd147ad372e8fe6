using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Threads;

public sealed class ProcessorsTests
{
    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-3,8,10-11\n", new[] { 0, 1, 2, 3, 8, 10, 11 })]
    [InlineData("1,65", new[] { 1, 65 })]
    [InlineData("", new int[0])]
    [InlineData("0-1-2", new int[0])]
    [InlineData("0x3", new int[0])]
    public void ParseList_KernelsNotation_GivesTheNumbers(string text, int[] expected) => Assert.Equal(expected, Processors.ParseList(text));

    [Fact]
    public void Group_HyperThreadsHalfAwayInNumber_AreOneCore() =>
        Assert.Equal([[0, 4], [1, 5], [2, 6], [3, 7]], Processors.Group([0, 1, 2, 3, 4, 5, 6, 7], processor => [processor % 4, (processor % 4) + 4]));

    [Fact]
    public void Group_SiblingOutsideTheMask_IsLeftOut() =>
        Assert.Equal([[2], [3, 7]], Processors.Group([2, 3, 7], processor => [processor % 4, (processor % 4) + 4]));

    [Fact]
    public void Group_NoOrWrongSiblings_GivesEachProcessorACoreOfItsOwn()
    {
        Assert.Equal([[0], [5]], Processors.Group([0, 5], _ => []));
        Assert.Equal([[0], [5]], Processors.Group([0, 5], _ => [0]));
    }

    [Fact]
    public void Cores_OnLinux_AreAllTheProcessorsOfThisProcess()
    {
        int[] processors = [.. Processors.Cores.SelectMany(core => core)];
        Assert.Equal(OperatingSystem.IsLinux(), processors.Length > 0);
        Assert.Equal(processors.Length, processors.Distinct().Count());
        Assert.True(Environment.ProcessorCount <= processors.Length || !OperatingSystem.IsLinux());
        Assert.Contains(Processors.Current, processors.DefaultIfEmpty(-1));
    }
}
