using Nuke.Common.IO;
using Serilog;

namespace Nuke.Common.Tests;

public sealed class ParameterOriginTests : IDisposable
{
    private readonly Trial trial = new();

    private sealed class Build : NukeBuild
    {
        [Parameter]
        readonly string ApiUrl = "initial";

        [Parameter]
        readonly bool Loud;

        [Parameter]
        readonly AbsolutePath? Out;

        [Parameter]
        readonly int[] Ports = [];

        [Parameter]
        [Secret]
        readonly string? Token;

        [Parameter]
        [Secret]
        readonly int Pin;

        Target Show =>
            _ =>
                _.Executes(() =>
                    Log.Information(
                        "{Url} {Loud} {Out} {Ports} {Token} {Pin}",
                        ApiUrl,
                        Loud,
                        (string?)Out ?? "-",
                        string.Join('|', Ports),
                        Token ?? "-",
                        Pin
                    )
                );
    }

    [Fact]
    public void The_command_line_beats_the_environment_and_that_beats_the_files()
    {
        trial.WriteFile("parameters.json", """{ "ApiUrl": "file" }""");
        Assert.StartsWith("file ", Show());

        trial.Environment["API_URL"] = "environment";
        Assert.StartsWith("environment ", Show());

        Assert.StartsWith("argument ", Show("--api-url", "argument"));
    }

    [Theory]
    [InlineData("ApiUrl")]
    [InlineData("API_URL")]
    [InlineData("api-url")]
    [InlineData("NUKE_API_URL")]
    public void A_variable_is_found_by_letters_and_digits_with_or_without_prefix(string name)
    {
        trial.Environment[name] = "found";

        Assert.StartsWith("found ", Show());
    }

    [Fact]
    public void The_exact_name_wins_and_several_others_are_refused()
    {
        trial.Environment["API_URL"] = "one";
        trial.Environment["NUKE_API_URL"] = "two";
        var result = trial.Run<Build>("Show");
        Assert.Contains("[WRN] ApiUrl is not read: it could be any of API_URL, NUKE_API_URL", result.Output);
        Assert.Contains("initial ", result.Output);

        trial.Environment["ApiUrl"] = "exact";
        Assert.StartsWith("exact ", Show());
    }

    [Fact]
    public void Files_hold_text_numbers_truth_values_and_arrays_and_paths_from_the_root()
    {
        trial.WriteFile("parameters.json", """{ "apiUrl": "x", "Loud": true, "Out": "out/x", "Ports": [1, 2] }""");

        Assert.Equal($"x True {trial.Root / "out" / "x"} 1|2 - 0", Show());
    }

    [Fact]
    public void A_profile_beats_the_defaults_and_a_later_profile_an_earlier_one()
    {
        trial.WriteFile("parameters.json", """{ "ApiUrl": "default", "Loud": true }""");
        trial.WriteFile("parameters.one.json", """{ "ApiUrl": "one", "Ports": [1] }""");
        trial.WriteFile("parameters.two.json", """{ "ApiUrl": "two" }""");

        Assert.Equal("one True - 1 - 0", Show("--profile", "one"));
        Assert.Equal("two True - 1 - 0", Show("--profile", "one", "two"));
    }

    [Fact]
    public void A_profile_without_a_file_is_an_error()
    {
        var result = trial.Run<Build>("Show", "--profile", "none");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("parameters.none.json' does not exist", result.Output);
    }

    [Theory]
    [InlineData("{ broken")]
    [InlineData("[]")]
    public void A_file_that_is_no_json_object_is_named(string content)
    {
        trial.WriteFile("parameters.json", content);
        var result = trial.Run<Build>("Show");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("parameters.json' must hold one JSON object", result.Output);
    }

    [Theory]
    [InlineData("plain-secret", "secrets in parameter files must be encrypted")]
    [InlineData("v1:cGxhaW4=", "this engine cannot decrypt parameter files")]
    public void A_secret_in_a_file_warns_without_showing_it_and_stays_empty(string value, string reason)
    {
        trial.WriteFile("parameters.json", $$"""{ "Token": "{{value}}" }""");
        var result = trial.Run<Build>("Show");

        Assert.Contains($"[WRN] Could not inject value for Build.Token: {reason}", result.Output);
        Assert.Contains(" - 0", result.Output);
        Assert.DoesNotContain(value, result.Output);
    }

    [Fact]
    public void A_secret_from_the_environment_or_the_command_line_is_plain_and_beats_the_file()
    {
        trial.WriteFile("parameters.json", """{ "Token": "v1:abc" }""");
        trial.Environment["TOKEN"] = "t1";

        Assert.EndsWith(" t1 0", Show());
        Assert.EndsWith(" t2 0", Show("--token", "t2"));
    }

    [Fact]
    public void A_secret_that_does_not_fit_its_type_is_not_shown()
    {
        var result = trial.Run<Build>("Show", "--pin", "hush");

        Assert.Contains("[WRN] Could not inject value for Build.Pin: its text does not fit its type", result.Output);
        Assert.DoesNotContain("hush", result.Output);
    }

    public void Dispose() => trial.Dispose();

    private string Show(params string[] arguments) => trial.Run<Build>(["Show", .. arguments]).Logged.Single();
}
