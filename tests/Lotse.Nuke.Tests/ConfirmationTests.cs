using Lotse.Execution;
using Lotse.Nuke.Console;

namespace Lotse.Nuke.Tests;

public sealed class ConfirmationTests : IDisposable
{
    private readonly StringWriter output = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => output.Dispose();

    [Theory]
    [InlineData("y", true)]
    [InlineData("Yes", true)]
    [InlineData("", false)]
    [InlineData("n", false)]
    public async Task A_person_is_asked(string answer, bool goesOn)
    {
        var asking = new Confirmation(new StringReader($"{answer}\n"), output).RequireAsync(
            "Go?",
            false,
            "then",
            Token
        );
        var refused = await Record.ExceptionAsync(() => asking);
        Assert.Equal(goesOn, refused is null);
        Assert.Equal("Go? [y/N] ", output.ToString());
        Assert.True(goesOn || refused is UserException);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_a_yes_beforehand_is_needed()
    {
        var nobody = new Confirmation(null, output);
        var refused = await Assert.ThrowsAsync<UserException>(() => nobody.RequireAsync("Go?", false, "then", Token));
        Assert.Contains("or with --yes then.", refused.Message, StringComparison.Ordinal);
        await nobody.RequireAsync("Go?", isGiven: true, "then", Token);
        Assert.Equal("", output.ToString());
        Assert.False(nobody.CanAsk);
    }
}
