using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Dockerfiles;

namespace Lotse.Hosts.Tests.Images;

public sealed class DockerfileTests
{
    [Fact]
    public void Instructions_keep_their_lines_through_comments_continuations_and_here_documents()
    {
        var parsed = Parse(
            """
            # a comment
            FROM alpine AS Base

            RUN one && \
                # in between
                two
            RUN <<EOF
            RUN not an instruction
            EOF
            COPY --from=x --chmod=755 a b
            """
        );
        Assert.Equal(
            [(2, "FROM"), (4, "RUN"), (7, "RUN"), (10, "COPY")],
            parsed.Instructions.Select(i => (i.Line, i.Keyword))
        );
        Assert.Equal("RUN one && two", parsed.Instructions[1].Text);
        Assert.Equal("x", parsed.Instructions[3].Flag("from"));
        Assert.Equal("a b", parsed.Instructions[3].Arguments);
        Assert.Equal("base", Assert.Single(parsed.Stages).Name);
    }

    [Fact]
    public void The_escape_and_syntax_directives_count_only_at_the_top()
    {
        var parsed = Parse("# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nRUN x `\n  y\n# escape=\\\nRUN z \\\n");
        Assert.Equal("docker/dockerfile:1", parsed.Syntax);
        Assert.Equal(["FROM a", "RUN x y", "RUN z \\"], parsed.Instructions.Select(i => i.Text));
    }

    [Theory]
    [InlineData("", 1, "no FROM")]
    [InlineData("ARG A=1\n", 1, "no FROM")]
    [InlineData("# x\nRUN a\nFROM b", 2, "RUN stands before the first FROM")]
    [InlineData("FROM a\nRNU b", 2, "RNU is no instruction")]
    [InlineData("FROM a as", 1, "not understood")]
    [InlineData("FROM a b c d", 1, "not understood")]
    public void What_is_no_dockerfile_is_named_with_its_line(string text, int line, string fact)
    {
        var error = Assert.Throws<BuildFailedException>(() => Parse(text));
        Assert.Equal(BuildFailure.DockerfileInvalid, error.Failure);
        Assert.Equal(line, error.Line);
        Assert.StartsWith($"Dockerfile:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(fact, error.Message);
    }

    public static TheoryData<string, string, string> Bases =>
        new()
        {
            { "FROM postgres:17", "", "postgres:17" },
            { "FROM scratch\nCOPY a b", "", "" },
            {
                "from --platform=$BUILDPLATFORM sdk as build\nFROM build AS test\nFROM run\nCOPY --from=build a b",
                "",
                "sdk run"
            },
            { "FROM a\nFROM b\nCOPY --from=0 x y\nCOPY --from=nginx:1 x y\nCOPY --from=a x y", "", "a b nginx:1" },
            { "FROM a\nRUN --mount=type=bind,from=tools:2,target=/t x", "", "a tools:2" },
            { "ARG V=10.0\nFROM mcr.microsoft.com/dotnet/aspnet:${V}", "", "mcr.microsoft.com/dotnet/aspnet:10.0" },
            { "ARG V=10.0\nFROM mcr.microsoft.com/dotnet/aspnet:$V", "V=9.0", "mcr.microsoft.com/dotnet/aspnet:9.0" },
            { "ARG R=a\nARG I=$R/b\nFROM ${I}", "", "a/b" },
            { "ARG X\nFROM a${X:+-x}:${V:-1}", "X=", "a:1" },
            { "ARG X\nFROM a${X:+-x}", "X=1", "a-x" },
            { "FROM app-$TARGETARCH", "", $"app-{Architecture}" },
            { "FROM a\nARG a=b\nFROM a", "", "a" },
        };

    [Theory]
    [MemberData(nameof(Bases))]
    public void Images_from_outside_are_found(string text, string args, string expected)
    {
        var given = args.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(a => a.Split('=')[0], a => a.Split('=')[1]);
        var found = BaseImageFinder.Find(Parse(text), Request(null, given));
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Theory]
    [InlineData("one", "a")]
    [InlineData("TWO", "a b")]
    [InlineData("1", "a b")]
    public void Only_stages_up_to_the_target_count(string target, string expected)
    {
        var found = BaseImageFinder.Find(Parse("FROM a AS one\nFROM b AS two\nFROM c"), Request(target));
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Theory]
    [InlineData("FROM a AS one\nFROM b AS two", "three", "It has: one, two.")]
    [InlineData("FROM a", "7", "no stage 7")]
    public void A_missing_target_is_named_with_what_there_is(string text, string target, string fact)
    {
        var error = Assert.Throws<BuildFailedException>(() => BaseImageFinder.Find(Parse(text), Request(target)));
        Assert.Contains(fact, error.Message);
    }

    [Fact]
    public void A_variable_without_a_value_is_named()
    {
        var error = Assert.Throws<BuildFailedException>(() =>
            BaseImageFinder.Find(Parse("ARG BASE\nFROM ${BASE}"), Request(null))
        );
        Assert.Equal(2, error.Line);
        Assert.Contains("BASE", error.Message);
    }

    private static string Architecture =>
        System.Runtime.InteropServices.RuntimeInformation.OSArchitecture
        == System.Runtime.InteropServices.Architecture.Arm64
            ? "arm64"
            : "amd64";

    private static Dockerfile Parse(string text) => DockerfileParser.Parse(text.ReplaceLineEndings("\n"), "Dockerfile");

    private static BuildRequest Request(string? target, Dictionary<string, string>? args = null) =>
        new()
        {
            ContextDirectory = "/",
            Tags = ["x"],
            Target = target,
            Args = args ?? [],
        };
}
