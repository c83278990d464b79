namespace NetMQ.Extras;

/// <summary>What becomes of a client.</summary>
public enum GateAnswer
{
    /// <summary>It is not let in and does not try again.</summary>
    Refuse,

    /// <summary>It is let in.</summary>
    Admit,

    /// <summary>Nobody can tell now; it tries again after libzmq's handshake timeout of 30 s.</summary>
    Later,
}
