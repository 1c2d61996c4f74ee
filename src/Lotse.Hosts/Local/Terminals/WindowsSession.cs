using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local.Terminals;

/// <summary>A Windows console that passes on keys as the sequences of a terminal (learn.microsoft.com/windows/console/setconsolemode).</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsSession : ITerminalSession
{
    private const int Keyboard = -10;
    private const int Screen = -11;
    private const uint SequencesAsInput = 0x200;
    private const uint Processed = 0x1;
    private const uint SequencesAsOutput = 0x4;
    private const uint NoReturnAtNewline = 0x8;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly List<(nint Handle, uint Mode)> before = [];
    private readonly ITimer sizeWatch;
    private TerminalSize known;
    private bool isRestored;

    public WindowsSession(TimeProvider time)
    {
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        Set(Keyboard, SequencesAsInput);
        Set(Screen, Processed | SequencesAsOutput | NoReturnAtNewline);
        known = Size;
        sizeWatch = time.CreateTimer(_ => LookAtSize(), null, Interval, Interval);
    }

    public event Action? Resized;

    public Stream Input { get; } = Console.OpenStandardInput();

    public Stream Output { get; } = Console.OpenStandardOutput();

    public TerminalSize Size => new(Console.WindowWidth, Console.WindowHeight);

    public void Dispose()
    {
        sizeWatch.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Restore();
    }

    private void OnExit(object? sender, EventArgs args) => Restore();

    private void LookAtSize()
    {
        if (Size is var now && now != known)
        {
            known = now;
            Resized?.Invoke();
        }
    }

    private void Set(int stream, uint mode)
    {
        var handle = GetHandle(stream);
        if (GetMode(handle, out var old))
        {
            before.Add((handle, old));
            _ = SetMode(handle, mode);
        }
    }

    private void Restore()
    {
        if (!Interlocked.Exchange(ref isRestored, true))
        {
            before.ForEach(b => SetMode(b.Handle, b.Mode));
        }
    }

    [LibraryImport("kernel32", EntryPoint = "GetStdHandle")]
    private static partial nint GetHandle(int stream);

    [LibraryImport("kernel32", EntryPoint = "GetConsoleMode")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetMode(nint handle, out uint mode);

    [LibraryImport("kernel32", EntryPoint = "SetConsoleMode")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetMode(nint handle, uint mode);
}
