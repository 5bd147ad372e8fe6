using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Cascades;

/// <summary>Makes the pair of two sub-networks.</summary>
public static class ClassifierPairs
{
    /// <summary>A pair that shares work where both are of one network in memory.</summary>
    /// <param name="first">Where the first is cut from.</param>
    /// <param name="firstSubNetwork">What of it.</param>
    /// <param name="second">Where the second is cut from.</param>
    /// <param name="secondSubNetwork">What of it.</param>
    /// <param name="lane">The lane of both.</param>
    public static IClassifierPair Create(ISuperNetwork first, SubNetwork firstSubNetwork, ISuperNetwork second, SubNetwork secondSubNetwork, int lane) =>
        ReferenceEquals(first, second)
            ? first.CreatePair(firstSubNetwork, secondSubNetwork, lane)
            : new SeparateClassifiers(first.CreateClassifier(firstSubNetwork, lane), second.CreateClassifier(secondSubNetwork, lane));
}
