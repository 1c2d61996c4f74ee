using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

public sealed class ExitCodesTests
{
    [Fact]
    public void A_mistake_of_the_users_ends_with_2() =>
        Assert.Equal(2, ExitCodes.Of(new UserException("There is no role 'wbe'.", "Did you mean web?")));

    [Fact]
    public void A_host_that_is_not_as_it_must_be_ends_with_1()
    {
        Assert.Equal(1, ExitCodes.Of(new UserException("The disk is full.", "Make room.") { IsMisuse = false }));
        Assert.Equal(1, ExitCodes.Of(new HostException(HostFailure.Unreachable, "one", "connect", "it is down", "")));
    }

    [Fact]
    public void An_interrupted_run_ends_as_shells_have_it() =>
        Assert.Equal(130, ExitCodes.Of(new OperationCanceledException()));

    [Theory]
    [InlineData(null, 1)]
    [InlineData(42, 42)]
    public void A_persons_command_ends_with_its_own(int? code, int ends) =>
        Assert.Equal(ends, ExitCodes.Of(new ExecFailedException([new ExecResult("one", code)])));

    [Fact]
    public void A_fault_of_ours_has_none_and_keeps_its_trace() =>
        Assert.Null(ExitCodes.Of(new InvalidOperationException("This cannot be.")));
}
