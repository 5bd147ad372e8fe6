namespace Endpoints.Serving.Batching;

/// <summary>Which of an endpoint's requests go first. A step up is worth <see cref="WaitingLine.Step"/> of waiting, so that none starves.</summary>
internal enum Priority
{
    /// <summary>Before everything that has not waited long.</summary>
    High,

    /// <summary>Unless a request says otherwise.</summary>
    Normal,

    /// <summary>After everything that came within two steps.</summary>
    Low,
}
