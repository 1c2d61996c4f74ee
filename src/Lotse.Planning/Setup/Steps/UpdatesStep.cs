namespace Lotse.Planning.Setup.Steps;

/// <summary>Security updates are installed every day, without a reboot.</summary>
internal static class UpdatesStep
{
    private const string Script = """
        cat >/etc/apt/apt.conf.d/52lotse-updates <<'SETTINGS'
        APT::Periodic::Update-Package-Lists "1";
        APT::Periodic::Unattended-Upgrade "1";
        SETTINGS
        """;

    public static SetupStep Plan(ServerFacts server)
    {
        var isOn = IsOn(server, "Update-Package-Lists") && IsOn(server, "Unattended-Upgrade");
        return new SetupStep
        {
            Topic = SetupTopic.Updates,
            Title = "Install security updates every day, without rebooting",
            Why = "a hole that is known is a hole that is used",
            State = isOn ? SetupState.InPlace : SetupState.Change,
            Script = isOn ? "" : Script,
        };
    }

    /// <summary>A number of days, or with a unit; <c>0</c> is off.</summary>
    private static bool IsOn(ServerFacts server, string name) => server.Updates.GetValueOrDefault(name, "0") != "0";
}
