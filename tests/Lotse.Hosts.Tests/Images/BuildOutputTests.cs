using Docker.DotNet.Models;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Building;
using Lotse.Hosts.Images.Dockerfiles;

namespace Lotse.Hosts.Tests.Images;

/// <summary>What builders send, as it was recorded from real ones, becomes progress and errors.</summary>
public sealed class BuildOutputTests : IProgress<BuildProgress>
{
    private readonly List<BuildProgress> _progress = [];

    private static readonly Dockerfile Sample = DockerfileParser.Parse(
        "ARG V=1\nFROM base:$V AS build\nENV A=1\nRUN make\n\nFROM scratch\nWORKDIR /app\nCOPY --from=build a b\nRUN check \\\n  all",
        "Dockerfile"
    );

    [Fact]
    public void The_classic_builders_steps_are_followed_to_the_failing_line()
    {
        var output = new ClassicOutput(Sample, this);
        string[] texts =
        [
            "Step 1/8 : ARG V=1\n",
            "Step 2/8 : FROM base:$V AS build\n",
            " ---> 0123\n",
            "Step 3/8 : ENV A=1\n",
            " ---> Using cache\n",
            " ---> 4567\n",
            "Step 4/8 : RUN make\n",
            " ---> Running in 89ab\n",
            "\u001b[91mStep 5/9 : FROM the program\u001b[0m",
            "\nStep 6/8 : it says\n",
            "no newline at the end",
        ];
        foreach (var text in texts)
        {
            output.Report(new() { Stream = text });
        }

        output.Report(
            new()
            {
                Error = new() { Code = 2, Message = "non-zero code: 2" },
                ErrorMessage = "non-zero code: 2",
            }
        );

        var error = output.Error!;
        Assert.Equal((4, 8, 4, 2), (error.Step, error.Steps, error.Instruction!.Line, error.ExitCode));
        Assert.Contains("no newline at the end", error.Output);
        Assert.Equal([3], _progress.Where(p => p.Cached).Select(p => p.Step));
        Assert.Equal(
            [1, 2, 3, 4],
            _progress.Where(p => p is { IsOutput: false, Cached: false }).Select(p => p.Step).Take(4)
        );
    }

    [Fact]
    public void The_classic_builders_image_id_comes_as_data()
    {
        var output = new ClassicOutput(Sample, null);
        output.Report(
            new() { Aux = new() { ExtensionData = new Dictionary<string, object> { ["ID"] = "sha256:ab" } } }
        );
        Assert.Equal("sha256:ab", output.ImageId);
        Assert.Null(output.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Buildx_records_are_read_in_one_line_or_in_several(bool pretty)
    {
        var output = new BuildxOutput(Sample, this);
        var records = new[]
        {
            """{"vertexes":[{"digest":"d1","name":"[build 1/2] FROM base:1","started":"t","cached":true},{"digest":"d2","name":"[stage-1 3/3] RUN check   all"}]}""",
            """{"vertexes":[{"digest":"d2","name":"[stage-1 3/3] RUN check   all","started":"t"}]}""",
            """{"logs":[{"vertex":"d2","stream":1,"data":"aGVsbG8K"},{"vertex":"d2","stream":2,"data":"bGFzdA=="}]}""",
            """{"vertexes":[{"digest":"d2","name":"[stage-1 3/3] RUN check   all","started":"t","error":"process \"/bin/sh -c check all\" did not complete successfully: exit code: 3"}]}""",
        };
        foreach (var line in records.SelectMany(r => Lines(r, pretty)).Append("ERROR: failed to solve: process"))
        {
            output.Take(line);
        }

        var error = output.Error;
        Assert.Equal((2, 2, 9, 3), (error.Step, error.Steps, error.Instruction!.Line, error.ExitCode));
        Assert.Equal(["hello", "last"], error.Output);
        Assert.Equal(
            [(1, true, false), (2, false, false), (2, false, true)],
            _progress.Select(p => (p.Step, p.Cached, p.IsOutput))
        );
    }

    [Fact]
    public void A_buildx_that_fails_before_it_begins_says_so()
    {
        var output = new BuildxOutput(Sample, null);
        output.Take("ERROR: no builder \"default\" found");
        Assert.False(output.Began);
        Assert.Equal("ERROR: no builder \"default\" found", output.Error.Message);
    }

    [Theory]
    [InlineData("[build 1/2] FROM base:1", 2)]
    [InlineData("[build 2/2] RUN make", 4)]
    [InlineData("[linux/arm64 build 2/2] RUN make", 4)]
    [InlineData("[stage-1 1/3] WORKDIR /app", 7)]
    [InlineData("[stage-1 2/3] COPY --from=build a b", 8)]
    [InlineData("[3/3] RUN check   all", 9)]
    [InlineData("[stage-1 2/3] RUN something else", null)]
    [InlineData("[internal] load build definition", null)]
    [InlineData("exporting to image", null)]
    public void A_vertex_is_found_in_the_dockerfile(string name, int? line) =>
        Assert.Equal(line, VertexName.Parse(name).Find(Sample)?.Line);

    [Fact]
    public void Secrets_are_not_in_the_arguments()
    {
        var request = new BuildRequest
        {
            ContextDirectory = "/c",
            Tags = ["a:1"],
            Secrets = [new("token", () => "s3cr3t")],
            Args = new Dictionary<string, string> { ["V"] = "1" },
        };
        var arguments = BuildxBuilder.Arguments(request, "/c/Dockerfile", "/m", "/staged");
        Assert.Contains("--secret=id=token,env=LOTSE_BUILD_SECRET_0", arguments);
        Assert.Contains("--build-arg=V=1", arguments);
        Assert.Equal("/staged", arguments[^1]);
        Assert.DoesNotContain(arguments, a => a.Contains("s3cr3t", StringComparison.Ordinal));
        Assert.DoesNotContain("s3cr3t", request.Secrets[0].ToString());
    }

    [Theory]
    [InlineData(127, null, BuildFailure.Step, "not in the image")]
    [InlineData(137, null, BuildFailure.Step, "memory")]
    [InlineData(1, null, BuildFailure.Step, "the command's own")]
    [InlineData(1, "/ had 0.1 MB left", BuildFailure.DiskFull, "docker system prune")]
    public void The_cure_fits_the_exit_code(int code, string? disk, BuildFailure failure, string cure)
    {
        var error = new BuilderError
        {
            Message = "m",
            Step = 4,
            Steps = 8,
            ExitCode = code,
            Instruction = Sample.Instructions[3],
            Output = ["last line"],
        };
        var explained = BuildFailures.Explain(error, Sample, disk);
        Assert.Equal((failure, 4, code), (explained.Failure, explained.Line, explained.ExitCode));
        Assert.StartsWith(
            $"Dockerfile:4: Step 4 of 8 failed: exit code {code}.",
            explained.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("  | last line", explained.Message);
        Assert.Contains(cure, explained.Message);
    }

    void IProgress<BuildProgress>.Report(BuildProgress value) => _progress.Add(value);

    private static string[] Lines(string record, bool pretty)
    {
        using var document = System.Text.Json.JsonDocument.Parse(record);
        return pretty ? System.Text.Json.JsonSerializer.Serialize(document, Indented).Split('\n') : [record];
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
    };
}
