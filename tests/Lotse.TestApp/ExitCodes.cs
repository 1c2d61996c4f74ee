namespace Lotse.TestApp;

internal static class ExitCodes
{
    public const int AtOnce = 3;
    public const int AfterStart = 4;
    public const int MemoryUnlimited = 5;
    public const int Migration = 6;
}
