using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Containers;

namespace Lotse.Planning.Tests;

public sealed class ContainerTests
{
    private static readonly ContainerSpec Spec = new() { Name = "app-web-1", Image = "app:1" };

    [Fact]
    public void The_fingerprint_leaves_out_what_belongs_to_the_release_alone()
    {
        var other = Spec with
        {
            Name = "app-web-2",
            Image = "app:2",
            Environment = [new EnvironmentEntry("KAMAL_VERSION", "2", null)],
            Labels = Spec.Labels.Add("lotse.version", "2").Add("service", "app"),
        };
        Assert.Equal(Spec.Fingerprint, other.Fingerprint);
    }

    public static TheoryData<string> Changes =>
        ["environment", "secret", "label", "volume", "port", "option", "log", "command"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Whatever_changes_the_container_changes_the_fingerprint(string change)
    {
        var other = change switch
        {
            "environment" => Spec with { Environment = [new EnvironmentEntry("A", "1", null)] },
            "secret" => Spec with { Environment = [new EnvironmentEntry("A", null, new Secret("s"))] },
            "label" => Spec with { Labels = Spec.Labels.Add("a", "b") },
            "volume" => Spec with { Volumes = ["a:/b"] },
            "port" => Spec with { PublishedPorts = ["1:2"] },
            "option" => Spec with { Options = Spec.Options.Add("memory", ["1g"]) },
            "log" => Spec with { LogOptions = Spec.LogOptions.Add("max-size", "1m") },
            _ => Spec with { Command = ["run"] },
        };
        Assert.NotEqual(Spec.Fingerprint, other.Fingerprint);
    }

    [Theory]
    [InlineData("512m", 512L * 1024 * 1024)]
    [InlineData("1g", 1L << 30)]
    [InlineData("1.5gb", 3L << 29)]
    [InlineData("100", 100L)]
    [InlineData("64k", 65536L)]
    public void Sizes_are_read_as_docker_run_reads_them(string text, long bytes)
    {
        Assert.True(ContainerOptions.TryBytes(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("memory", "much", "option 'memory' cannot be 'much'.")]
    [InlineData("init", "maybe", "option 'init' cannot be 'maybe'.")]
    [InlineData("gpus", "all", "option 'gpus' is not supported. Supported: add-host, cap-add,")]
    public void Wrong_options_are_named(string name, string value, string start)
    {
        var options = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add(name, [value]);
        Assert.StartsWith(start, Assert.Single(ContainerOptions.Problems(options)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("bin/run --now", "bin/run|--now")]
    [InlineData("sh -c 'echo \"a b\"; ls'", "sh|-c|echo \"a b\"; ls")]
    [InlineData("a\\ b \"c d\"e ''", "a b|c de|")]
    public void A_command_line_is_split_as_a_shell_splits_it(string? line, string words) =>
        Assert.Equal(words, string.Join('|', ShellWords.Split(line)));
}
