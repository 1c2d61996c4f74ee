using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Lotse.Execution;
using Lotse.Execution.Ports;
using Microsoft.Win32.SafeHandles;

namespace Lotse.Hosts.Local.Terminals;

/// <summary>A terminal in raw mode (termios(3)).</summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class UnixSession : ITerminalSession
{
    private const int Keyboard = 0;
    private const int AfterOutput = 1;

    /// <summary>More than struct termios takes anywhere: its layout differs between systems, and nobody but the C library looks into it.</summary>
    private const int ModeBytes = 256;
    private readonly byte[] before = new byte[ModeBytes];
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly Lock sync = new();
    private bool isRestored;

    public UnixSession()
    {
        if (GetMode(Keyboard, before) != 0)
        {
            throw new UserException("The terminal does not tell its settings.", "Leave out --interactive.");
        }

        // Not Console's: that one edits lines itself when it reads from a terminal.
        Input = new FileStream(new SafeFileHandle(Keyboard, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        Output = Console.OpenStandardOutput();
        // What ends this process without unwinding it must not leave a terminal behind that shows nothing of what is typed.
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        foreach (
            var fatal in (PosixSignal[])
                [PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT, PosixSignal.SIGINT]
        )
        {
            signals.Add(PosixSignalRegistration.Create(fatal, _ => Restore()));
        }

        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resized?.Invoke()));
        var raw = before.ToArray();
        MakeRaw(raw);
        _ = SetMode(Keyboard, AfterOutput, raw);
    }

    public event Action? Resized;

    public Stream Input { get; }

    public Stream Output { get; }

    public TerminalSize Size => new(Console.WindowWidth, Console.WindowHeight);

    public void Dispose()
    {
        signals.ForEach(s => s.Dispose());
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Restore();
    }

    private void OnExit(object? sender, EventArgs args) => Restore();

    private void Restore()
    {
        lock (sync)
        {
            if (!isRestored)
            {
                isRestored = true;
                _ = SetMode(Keyboard, AfterOutput, before);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetMode(int terminal, [Out] byte[] mode);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetMode(int terminal, int when, [In] byte[] mode);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] mode);
}
