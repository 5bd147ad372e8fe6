namespace Endpoints.Serving.Options;

/// <summary>A cascade as configuration has it.</summary>
/// <param name="Small">The endpoint whose network is asked first.</param>
/// <param name="Large">The endpoint whose network answers the rest.</param>
/// <param name="Threshold">Least margin at which the small one's answer stands.</param>
internal sealed record CascadeSettings(string Small, string Large, double Threshold)
{
    /// <value>What the small network runs in. Default null: as the cascade.</value>
    public string? SmallPrecision { get; set; }
}
