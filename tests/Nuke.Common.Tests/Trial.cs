using System.ComponentModel;
using System.Linq.Expressions;
using Microsoft.Extensions.Time.Testing;
using Nuke.Common.Execution;
using Nuke.Common.IO;

namespace Nuke.Common.Tests;

/// <summary>
/// Runs test builds in a folder of their own, with a command line, an environment and a clock of their own.
/// </summary>
internal sealed class Trial : IDisposable
{
    // The running build and its logger are static, as in the real package.
    private static readonly Lock OneAtATime = new();

    public Trial()
    {
        Root = Directory.CreateTempSubdirectory("nuke-trial-").FullName;
        Directory.CreateDirectory(Root / ".nuke");
        WorkingDirectory = Root;
        Time.SetUtcNow(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    }

    public AbsolutePath Root { get; }

    public AbsolutePath WorkingDirectory { get; set; }

    public Dictionary<string, string> Environment { get; } = [];

    public FakeTimeProvider Time { get; } = new();

    public bool IsOutputRedirected { get; set; } = true;

    public AbsolutePath? AssemblyFile { get; set; }

    public List<AbsolutePath> Opened { get; } = [];

    public bool CannotOpen { get; set; }

    /// <summary>What an interrupt of the running build does, while one runs.</summary>
    public Action? Interrupt { get; private set; }

    public static TrialResult Once<T>(params string[] arguments)
        where T : NukeBuild, new()
    {
        using var trial = new Trial();
        return trial.Run<T>(arguments);
    }

    public TrialResult Run<T>(params string[] arguments)
        where T : NukeBuild, new() => Run<T>([], arguments);

    public TrialResult RunWithDefault<T>(Expression<Func<T, Target>> defaultTarget, params string[] arguments)
        where T : NukeBuild, new() => Run([defaultTarget], arguments);

    public void WriteFile(string name, string content) => File.WriteAllText(Root / ".nuke" / name, content);

    public string ReadFile(string name) => File.ReadAllText(Root / ".nuke" / name);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private TrialResult Run<T>(Expression<Func<T, Target>>[] defaultTargets, string[] arguments)
        where T : NukeBuild, new()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var context = new BuildContext(arguments, Environment, WorkingDirectory)
        {
            Output = output,
            IsOutputRedirected = IsOutputRedirected,
            Time = Time,
            AssemblyFile = AssemblyFile,
            Open = CannotOpen ? _ => throw new Win32Exception() : Opened.Add,
            OnInterrupt = action =>
            {
                Interrupt = action;
                return new Scope(() => Interrupt = null);
            },
        };
        lock (OneAtATime)
        {
            var exitCode = BuildRun.Execute(context, defaultTargets);
            return new TrialResult(exitCode, output.ToString());
        }
    }
}
