namespace Endpoints.Serving.Access;

/// <summary>What a key may use.</summary>
/// <param name="RequestsPerSecond">Null for no limit.</param>
/// <param name="Burst">Most requests at once after a pause; at least 1.</param>
/// <param name="ComputePerSecond">Seconds of compute for each second of time; null for no limit.</param>
internal readonly record struct KeyQuota(double? RequestsPerSecond, double Burst, double? ComputePerSecond);
