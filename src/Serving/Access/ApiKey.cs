namespace Endpoints.Serving.Access;

/// <summary>A key as it is kept: who has it, and not what it is.</summary>
/// <param name="Name">Shown in metrics and logs.</param>
/// <param name="Hash">SHA-256 of the key's UTF-8 bytes.</param>
/// <param name="Quota">What it may use.</param>
/// <param name="CanManage">Whether it may add, replace and remove endpoints.</param>
internal sealed record ApiKey(string Name, byte[] Hash, KeyQuota Quota, bool CanManage);
