namespace Endpoints.LoadTest.Profiles;

/// <summary>How the requests of an open loop are spread over time.</summary>
public enum Arrivals
{
    /// <summary>Evenly.</summary>
    Constant,

    /// <summary>At random and independently of each other, as many users who know nothing of each other make them: gaps are exponentially distributed.</summary>
    Poisson,
}
