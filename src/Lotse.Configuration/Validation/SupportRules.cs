using System.Collections.Immutable;
using Lotse.Configuration.Reading;

namespace Lotse.Configuration.Validation;

/// <summary>
/// Keys that are correct but that nothing acts on yet. One line each: delete it when the product acts on the key. An
/// error stands where leaving the key out would deploy something unsafe or other than what was asked for.
/// </summary>
internal static class SupportRules
{
    private const string Unused = "is not acted upon yet";

    private static readonly ImmutableArray<Rule> Rules =
    [
        new(
            "proxy.ssl",
            Severity.Error,
            "HTTPS is not supported yet",
            "Remove it, and end HTTPS before the proxy.",
            IsOn
        ),
        new("proxy.ssl_redirect", Severity.Warning, Unused, "It takes effect together with ssl."),
        new("proxy.run.metrics_port", Severity.Warning, Unused, "The proxy publishes no metrics yet."),
        new("proxy.run.https_port", Severity.Warning, Unused, "HTTPS is not supported yet."),
        new("proxy.run.debug", Severity.Warning, Unused, "The proxy logs as always."),
        new("proxy.run.registry", Severity.Warning, Unused, "The proxy that comes with this version runs."),
        new("proxy.run.repository", Severity.Warning, Unused, "The proxy that comes with this version runs."),
        new("proxy.run.version", Severity.Warning, Unused, "The proxy that comes with this version runs."),
        new("asset_path", Severity.Warning, Unused, "Assets of the old release go away with it."),
        new("error_pages_path", Severity.Warning, Unused, "The proxy shows its own error pages."),
        new("run_directory", Severity.Warning, Unused, "State is kept in the default folder."),
        new("ssh.log_level", Severity.Warning, Unused, "Connections are reported as always."),
        new("ssh.forward_agent", Severity.Warning, Unused, "The agent is never forwarded.", IsOn),
        new("sshkit.max_concurrent_starts", Severity.Warning, Unused, "All hosts are connected to at the same time."),
        new("sshkit.pool_idle_timeout", Severity.Warning, Unused, "Connections are kept until the run ends."),
        new("sshkit.dns_retries", Severity.Warning, Unused, "A lookup that fails for the moment has three tries."),
        new("output", Severity.Warning, Unused, "The log goes to the console and the journal."),
        new("aliases", Severity.Warning, Unused, "Call the targets by their own names."),
        new(
            "builder.arch",
            Severity.Warning,
            "only one architecture is built yet",
            "It is the one of the engine that builds.",
            IsSeveral
        ),
        new("builder.remote", Severity.Warning, Unused, "This machine builds."),
        new("builder.local", Severity.Error, "only this machine can build yet", "Remove it.", IsOff),
        new("builder.pack", Severity.Error, "buildpacks are not supported yet", "Build by a Dockerfile."),
        new("builder.cache", Severity.Warning, Unused, "The builder's own cache is used."),
        new("builder.driver", Severity.Warning, Unused, "The engine's own builder is used."),
        new("builder.ssh", Severity.Error, "builds cannot use SSH yet", "Use a build secret instead."),
        new("builder.provenance", Severity.Warning, Unused, "No attestation is made."),
        new("builder.sbom", Severity.Warning, Unused, "No bill of materials is made."),
        new("servers.*.asset_path", Severity.Warning, Unused, "Assets of the old release go away with it."),
        new("accessories.*.registry", Severity.Warning, Unused, "The image is pulled without login."),
        new(
            "accessories.*.proxy",
            Severity.Error,
            "accessories cannot be behind the proxy yet",
            "Publish a port.",
            IsOn
        ),
        new(
            "accessories.*.files",
            Severity.Error,
            "files are not put on hosts yet",
            "Build them into an image, or mount them by volumes."
        ),
        new(
            "accessories.*.directories",
            Severity.Warning,
            "mode and owner are not set yet",
            "Set them by hand.",
            HasMode
        ),
    ];

    /// <summary>What is in the configuration and not supported, in the order of the files.</summary>
    public static ImmutableArray<Problem> Check(Cursor root)
    {
        var found = root.Problems.Another();
        foreach (var rule in Rules)
        {
            foreach (var at in Matches(root, rule.Path.Split('.')).Where(c => rule.When(c)))
            {
                found.Add(at.At(rule.Severity, rule.Fact, rule.Cure));
            }
        }

        foreach (var at in RoleProxies(root))
        {
            Check(at, root, found);
        }

        return found.ToOrdered();
    }

    private static void Check(Cursor proxy, Cursor root, ProblemList found)
    {
        if (proxy.Step("ssl") is { } ssl && IsOn(ssl))
        {
            found.Add(
                ssl.At(Severity.Error, "HTTPS is not supported yet", "Remove it, and end HTTPS before the proxy.")
            );
        }

        var primary = root.Step("primary_role")?.Text() ?? "web";
        if (proxy.Step("run") is { } run && run.Path != $"servers.{primary}.proxy.run")
        {
            const string Cure = "Move it to the proxy at the top level.";
            found.Add(run.At(Severity.Error, "only the primary role can say how the proxy runs yet", Cure));
        }
    }

    private static IEnumerable<Cursor> RoleProxies(Cursor root) => Matches(root, ["servers", "*", "proxy"]);

    private static IEnumerable<Cursor> Matches(Cursor at, ReadOnlySpan<string> path)
    {
        IEnumerable<Cursor> matches = [at];
        foreach (var name in path)
        {
            matches = matches.SelectMany(m => Children(m, name)).ToList();
        }

        return matches;
    }

    private static IEnumerable<Cursor> Children(Cursor at, string name)
    {
        if (name == "*")
        {
            return at.IsMap ? at.Entries("") : [];
        }

        return at.Step(name) is { } child ? [child] : [];
    }

    private static bool IsOn(Cursor cursor) => cursor.AsFlag ?? !cursor.IsNull;

    private static bool IsSeveral(Cursor cursor) => cursor.IsList && cursor.Items("").Count() > 1;

    private static bool IsOff(Cursor cursor) => cursor.AsFlag == false;

    private static bool HasMode(Cursor directories) =>
        directories.IsList && directories.Items("").Any(d => d.Step("mode") is not null || d.Step("owner") is not null);

    private sealed record Rule(
        string Path,
        Severity Severity,
        string Fact,
        string Cure,
        Func<Cursor, bool>? Condition = null
    )
    {
        public bool When(Cursor cursor) => Condition?.Invoke(cursor) ?? true;
    }
}
