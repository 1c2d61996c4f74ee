using Lotse.Configuration;
using Lotse.Execution.Hooks;
using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Execution.Tests.Transcripts;

namespace Lotse.Execution.Tests;

/// <summary>What a run knows as a secret, nobody reads in what it writes.</summary>
public sealed class SecretMaskTests
{
    private readonly List<string> learned = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hunter22", "the password hunter22!", "the password [redacted]!")]
    [InlineData("abc", "abc stays, it is in half of all words", "abc stays, it is in half of all words")]
    [InlineData("p@ss/word", "postgres://app:p%40ss%2Fword@db", "postgres://app:[redacted]@db")]
    [InlineData("a\"quoted\"b", "{\"p\":\"a\\u0022quoted\\u0022b\"}", "{\"p\":\"[redacted]\"}")]
    [InlineData("line one\nx\nline two", "line two, then x", "[redacted], then x")]
    public void A_value_is_hidden_in_the_forms_in_which_it_is_written(string value, string text, string shown)
    {
        var mask = Mask();
        mask.Learn([new Secret(value)]);
        Assert.Equal(shown, mask.Apply(text));
    }

    [Fact]
    public void Of_two_values_the_longer_one_leaves_nothing()
    {
        var mask = Mask();
        mask.Learn([new Secret("secret"), new Secret("secret-and-more")]);
        Assert.Equal("[redacted] [redacted]", mask.Apply("secret-and-more secret"));
    }

    [Fact]
    public void Each_line_is_learned_once()
    {
        var mask = Mask();
        mask.Learn([new Secret("first line\nsecond line\n}")]);
        mask.Learn([new Secret("first line\nsecond line\n}")]);
        Assert.Equal(["first line", "second line"], learned.Where(l => !l.Contains('%') && !l.Contains('\\')));
        Assert.DoesNotContain(learned, l => l.Contains('\n'));
    }

    [Fact]
    public void Logins_that_stand_in_the_configuration_are_secrets_too()
    {
        var mask = Mask();
        mask.Learn(
            new DeployConfig
            {
                Service = "app",
                Image = "app",
                Roles = [],
                Secrets = System.Collections.Immutable.ImmutableSortedDictionary<string, Secret>.Empty.Add(
                    "TOKEN",
                    new Secret("t0ken")
                ),
                Registry = new RegistryConfig { Password = new Credential(null, new Secret("hunter22")) },
            }
        );
        Assert.Equal("[redacted] [redacted]", mask.Apply("hunter22 t0ken"));
    }

    [Fact]
    public async Task Hooks_get_secrets_and_write_none()
    {
        var mask = Mask();
        mask.Learn([new Secret("hunter22")]);
        var lines = new List<string>();
        var result = await new MaskedHooks(new Talkative(), mask).RunAsync(
            "deploy-failed",
            new Dictionary<string, string> { ["TOKEN"] = "hunter22", ["KAMAL_FAILURE"] = "said hunter22" },
            new Taken(lines),
            Token
        );
        Assert.Equal(["TOKEN=[redacted]", "KAMAL_FAILURE=said [redacted]", "it is 8 long"], lines);
        Assert.Equal(["the end: [redacted]"], result!.Tail);
    }

    [Fact]
    public async Task Journal_and_audit_keep_none()
    {
        var fleet = new Fleet("web1")
        {
            Configure = c =>
                c with
                {
                    Secrets = c.Secrets.SetItem("TOKEN", new Secret("hunter22")),
                    Migrate = new MigrateConfig { Command = "tool --token hunter22" },
                },
        };
        fleet.Hosts[0].CommandExitCode = 1;
        fleet.Hosts[0].Fault = call =>
            call.StartsWith("start app-migrate", StringComparison.Ordinal)
                ? new HostException(HostFailure.Engine, "web1", "start", "refused hunter22", "")
                : null;
        await Assert.ThrowsAnyAsync<Exception>(() => fleet.DeployAsync("1"));
        var journal = await fleet.Hosts[0].Store.ReadAsync("journal.jsonl", Token);
        Assert.Contains("tool --token [redacted]", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", journal, StringComparison.Ordinal);
        var audit = await Records.ReadAuditAsync(fleet.Hosts[0].Store, Token);
        Assert.Equal("failed: [web1] start: refused [redacted]", audit[^1].Outcome);
    }

    private SecretMask Mask() => new() { Learned = learned.Add };

    private sealed class Talkative : IHookRunner
    {
        public Task<HookResult?> RunAsync(
            string hook,
            IReadOnlyDictionary<string, string> environment,
            IProgress<string> output,
            CancellationToken cancellation
        )
        {
            foreach (var (name, value) in environment)
            {
                output.Report($"{name}={value}");
            }

            output.Report($"it is {environment["TOKEN"].Length} long");
            return Task.FromResult<HookResult?>(new HookResult(hook, 1, ["the end: hunter22"]));
        }
    }

    private sealed class Taken(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
