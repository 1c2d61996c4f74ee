namespace Lotse.Configuration.Tests;

/// <summary>The keys <c>migrate</c> and <c>bake</c>.</summary>
public sealed class ReleaseKeyTests
{
    [Fact]
    public void WithoutThemNothingIsMigratedAndTheReleaseIsWatchedForAMoment()
    {
        var config = Project.Config(Project.Minimal);
        Assert.Null(config.Migrate);
        Assert.Equal(new BakeConfig(), config.Bake);
    }

    [Theory]
    [InlineData("migrate: bin/migrate --all", "bin/migrate --all", 300, null)]
    [InlineData("migrate: {command: bin/migrate}", "bin/migrate", 300, null)]
    [InlineData("migrate: {command: bin/migrate, timeout: 2m, role: web}", "bin/migrate", 120, "web")]
    public void TheMigration(string line, string command, int seconds, string? role) =>
        Assert.Equal(
            new MigrateConfig
            {
                Command = command,
                Timeout = TimeSpan.FromSeconds(seconds),
                Role = role,
            },
            Project.Config($"{Project.Minimal}{line}\n").Migrate
        );

    [Theory]
    [InlineData("bake: 500ms", 500, 20, 20)]
    [InlineData("bake: 0", 0, 20, 20)]
    [InlineData("bake: {window: 5, error_percent: 1, minimum_requests: 100}", 5000, 1, 100)]
    public void TheBakeWindow(string line, int milliseconds, int percent, int requests) =>
        Assert.Equal(
            new BakeConfig
            {
                Window = TimeSpan.FromMilliseconds(milliseconds),
                ErrorPercent = percent,
                MinimumRequests = requests,
            },
            Project.Config($"{Project.Minimal}{line}\n").Bake
        );
}
