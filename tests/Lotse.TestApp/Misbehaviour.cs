namespace Lotse.TestApp;

/// <summary>The words that the variable MISBEHAVE understands; several are separated by commas.</summary>
internal static class Misbehaviour
{
    public const string Health404 = "health-404";
    public const string Health500 = "health-500";
    public const string ExitAtOnce = "exit-at-once";
    public const string ExitAfterStart = "exit-after-start";
    public const string NeverListen = "never-listen";
    public const string WrongPort = "wrong-port";
    public const string OutOfMemory = "out-of-memory";
    public const string IgnoreSigterm = "ignore-sigterm";

    /// <summary>Followed by a colon and milliseconds.</summary>
    public const string SlowStart = "slow-start";

    public static readonly IReadOnlySet<string> All = new HashSet<string>(StringComparer.Ordinal)
    {
        Health404,
        Health500,
        ExitAtOnce,
        ExitAfterStart,
        NeverListen,
        WrongPort,
        OutOfMemory,
        IgnoreSigterm,
        SlowStart,
    };
}
