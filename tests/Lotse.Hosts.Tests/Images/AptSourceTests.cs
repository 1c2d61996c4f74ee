using Lotse.Hosts.Images.StandIns;

namespace Lotse.Hosts.Tests.Images;

public sealed class AptSourceTests
{
    private const string Deb822 = """
        # Debian's own
        Types: deb deb-src
        URIs: http://mirror.example/debian
        Suites: bookworm bookworm-updates bookworm-backports
        Components: main contrib
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

        Types: deb
        URIs: http://mirror.example/debian-security
        Suites: bookworm-security
        Components: main

        Types: deb
        URIs: https://other.example/node
        Suites: nodistro
        Components: main
        """;

    [Fact]
    public void The_distributions_own_sources_are_taken_for_another_suite()
    {
        var source = AptSource.From(Files("debian.sources", Deb822), "bookworm", "trixie")!;
        Assert.Equal("trixie", source.Suite);
        Assert.Contains("Suites: trixie trixie-updates\n", source.Text);
        Assert.Contains("Suites: trixie-security\n", source.Text);
        Assert.Contains("Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg", source.Text);
        Assert.DoesNotContain("other.example", source.Text);
        Assert.DoesNotContain("contrib", source.Text);
        Assert.DoesNotContain("deb-src", source.Text);
    }

    [Fact]
    public void Lines_mean_the_same()
    {
        const string Lines = """
            # deb http://old.example/ubuntu noble main
            deb [arch=amd64,arm64 signed-by=/k.gpg] http://mirror.example/ubuntu noble main universe # ours
            deb-src http://mirror.example/ubuntu noble main
            deb http://mirror.example/ubuntu noble-security main
            deb https://download.example/docker noble stable
            """;
        var source = AptSource.From(Files("sources.list", Lines), "noble", "noble")!;
        Assert.Contains("URIs: http://mirror.example/ubuntu\n", source.Text);
        Assert.Contains("Architectures: amd64 arm64\nSigned-By: /k.gpg\n", source.Text);
        Assert.Contains("Suites: noble-security\n", source.Text);
        Assert.Equal(2, source.Text.Split("Types: deb\n").Length - 1);
        Assert.DoesNotContain("docker", source.Text);
    }

    [Fact]
    public void A_disabled_source_and_a_key_of_several_lines_are_kept_as_they_are()
    {
        const string Text =
            "Types: deb\nURIs: http://a.example\nSuites: sid\nComponents: main\nSigned-By:\n -----BEGIN\n .\n abc\n\n"
            + "Enabled: no\nTypes: deb\nURIs: http://b.example\nSuites: sid\nComponents: main\n";
        var source = AptSource.From(Files("a.sources", Text), "sid", "sid")!;
        Assert.Contains("Signed-By:\n -----BEGIN\n .\n abc\n", source.Text);
        Assert.DoesNotContain("b.example", source.Text);
    }

    [Fact]
    public void Without_the_distributions_sources_there_is_none() =>
        Assert.Null(AptSource.From(Files("x.list", "deb http://a.example stable main"), "bookworm", "trixie"));

    private static Dictionary<string, string> Files(string name, string text) =>
        new() { [name] = text.ReplaceLineEndings("\n") };
}
