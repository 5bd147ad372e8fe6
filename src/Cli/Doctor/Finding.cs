namespace Endpoints.Cli.Doctor;

/// <summary>How a finding stands.</summary>
internal enum FindingKind
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing; everything works.</summary>
    Note,

    /// <summary>Something will fail or be needlessly slow.</summary>
    Problem,
}

/// <summary>One thing that the doctor looked at.</summary>
/// <param name="Topic">What.</param>
/// <param name="Text">What was found.</param>
/// <param name="Kind">How it stands.</param>
/// <param name="Advice">What to do about it; null where there is nothing to do.</param>
internal sealed record Finding(string Topic, string Text, FindingKind Kind = FindingKind.Ok, string? Advice = null);
