using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

public sealed class SecretCommandTests
{
    private readonly SecretCommands commands = new(Path.GetTempPath());

    [Fact]
    public void A_command_answers_with_its_output_error_and_exit_code()
    {
        var answer = commands.Run("printf hello; printf oops >&2; exit 3");
        Assert.Equal((3, "hello", "oops"), (answer.ExitCode, answer.Output, answer.Error));
    }

    [Fact]
    public void What_a_command_holds_is_in_no_argv()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc, which only Linux has.");
        var answer = commands.Run("tr '\\0' ' ' < /proc/$$/cmdline # very-secret");
        Assert.Equal("/bin/sh -s ", answer.Output);
    }

    [Fact]
    public void Much_output_on_both_pipes_does_not_stop_it()
    {
        var answer = commands.Run(
            "i=0; while [ $i -lt 20000 ]; do echo 0123456789; echo 0123456789 >&2; i=$((i+1)); done"
        );
        Assert.Equal((220_000, 220_000), (answer.Output.Length, answer.Error.Length));
    }
}
