using Docker.DotNet.Models;
using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Execution.Ports;

namespace Lotse.EndToEnd.Tests;

/// <summary>Accessories are replaced and removed when a person says so, and their data outlives it.</summary>
public sealed class AccessoryTests(SharedEngine shared)
{
    private const string Store = DeployConfigs.Accessory;

    [Fact]
    public async Task A_changed_accessory_is_replaced_when_told_and_one_that_fails_leaves_the_old_one()
    {
        var first = await ReleaseAsync();
        await using var world = await shared.CreateAsync(Cancellation);
        await world.DeployAsync(first);
        var (old, born) = (await world.FindAccessoryAsync(), await world.ReadBirthAsync());
        var changed = first with { AccessoryCommand = "true; exec sleep 100000" };

        var found = await world.DeployAsync(changed);
        Assert.Contains("AccessoryReboot --accessory store", Assert.Single(found.Plan.Notes), StringComparison.Ordinal);
        Assert.Equal(old, await world.FindAccessoryAsync());

        var broken = first with { AccessoryCommand = "echo this is not my data >&2; exit 3" };
        var failure = await Assert.ThrowsAsync<HostException>(() =>
            world.Deployer.Operate(broken).RebootAccessoryAsync(Store, withData: false, Cancellation)
        );
        Assert.Contains("exited with code 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("this is not my data", failure.Message, StringComparison.Ordinal);
        Assert.Contains("The old container runs again", failure.Message, StringComparison.Ordinal);
        Assert.Equal(old, await world.FindAccessoryAsync());
        await AssertAloneAsync(world);

        await world.Deployer.Operate(changed).RebootAccessoryAsync(Store, withData: false, Cancellation);
        Assert.NotEqual(old, await world.FindAccessoryAsync());
        Assert.Equal(born, await world.ReadBirthAsync());
        await AssertAloneAsync(world);
        Assert.Empty((await world.DeployAsync(changed)).Plan.Notes);
        var audit = new List<AuditEntry>();
        await world.Deployer.Operate(changed).ReadAuditAsync((_, entry) => audit.Add(entry), Cancellation);
        var noted = audit.Where(e => e.Command == "reboot accessory store").ToList();
        Assert.Equal(2, noted.Count);
        Assert.StartsWith("failed: it exited with code 3", noted[0].Outcome, StringComparison.Ordinal);
        Assert.StartsWith("done", noted[1].Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_whose_deployer_died_is_put_right_by_the_next_deploy()
    {
        var first = await ReleaseAsync();
        await using var world = await shared.CreateAsync(Cancellation);
        await world.DeployAsync(first);
        var (old, born) = (await world.FindAccessoryAsync(), await world.ReadBirthAsync());
        var name = $"{world.Spec.Service}-{Store}";
        var containers = world.Engine.Client.Containers;
        var making = new ContainerRenameParameters { NewName = $"{name}_replaced" };

        // Before the new container is made, the old one runs under its other name: a second one must not start on its data.
        await containers.RenameContainerAsync(old, making, Cancellation);
        Assert.False((await world.DeployAsync(first)).IsUpToDate);
        Assert.Equal(old, await world.FindAccessoryAsync());
        await AssertAloneAsync(world);

        // The old one is stopped, and the new one is made.
        await containers.RenameContainerAsync(old, making, Cancellation);
        await containers.StopContainerAsync(old, new ContainerStopParameters(), Cancellation);
        var made = new CreateContainerParameters
        {
            Image = first.AccessoryImage,
            Name = name,
            Cmd = ["true"],
        };
        await containers.CreateContainerAsync(made, Cancellation);
        await world.DeployAsync(first);
        Assert.Equal(old, await world.FindAccessoryAsync());
        Assert.Equal(born, await world.ReadBirthAsync());
        await AssertAloneAsync(world);
        Assert.True((await world.DeployAsync(first)).IsUpToDate);
    }

    [Fact]
    public async Task An_accessory_that_is_no_longer_configured_is_shown_and_goes_when_told_without_its_data()
    {
        var first = await ReleaseAsync();
        await using var world = await shared.CreateAsync(Cancellation);
        await world.DeployAsync(first);
        var born = await world.ReadBirthAsync();
        var without = first with { AccessoryImage = null };

        var found = await world.DeployAsync(without);
        Assert.Contains(
            "AccessoryRemove --accessory store --on-host local",
            Assert.Single(found.Plan.Notes),
            StringComparison.Ordinal
        );
        await world.FindAccessoryAsync();
        var operations = world.Deployer.Operate(without);
        var unknown = await Assert.ThrowsAsync<UserException>(() =>
            operations.RemoveAccessoryAsync("stor", null, withData: false, Cancellation)
        );
        Assert.Contains("store on local", unknown.Message, StringComparison.Ordinal);

        await operations.RemoveAccessoryAsync(Store, "local", withData: false, Cancellation);
        Assert.Empty(await world.Engine.ListAsync($"{world.Spec.Service}-{Store}", Cancellation));
        Assert.Empty((await world.DeployAsync(without)).Plan.Notes);

        await world.DeployAsync(first);
        Assert.Equal(born, await world.ReadBirthAsync());
        await world.Deployer.Operate(first).RemoveAccessoryAsync(Store, null, withData: true, Cancellation);
        await world.DeployAsync(first);
        Assert.NotEqual(born, await world.ReadBirthAsync());
    }

    [Fact]
    public async Task Data_on_a_volume_without_a_name_is_not_lost_unasked()
    {
        var plain = await ReleaseAsync();
        await using var world = await shared.CreateAsync(Cancellation);
        var image = await WithVolumeAsync(world, plain.AccessoryImage!);
        var release = plain with { AccessoryImage = image };
        await world.DeployAsync(release);
        var old = await world.FindAccessoryAsync();

        var refused = await Assert.ThrowsAsync<UserException>(() =>
            world.Deployer.Operate(release).RebootAccessoryAsync(Store, withData: false, Cancellation)
        );
        Assert.Contains("/scratch", refused.Message, StringComparison.Ordinal);
        Assert.Equal(old, await world.FindAccessoryAsync());

        var volume = Assert.Single(
            (await world.Engine.Client.Containers.InspectContainerAsync(old, Cancellation)).Mounts,
            m => m.Destination == "/scratch"
        );
        await world.Deployer.Operate(release).RemoveAccessoryAsync(Store, null, withData: false, Cancellation);
        await world.Engine.Client.Volumes.InspectAsync(volume.Name, Cancellation);
        await world.Engine.Client.Volumes.RemoveAsync(volume.Name, force: null, Cancellation);
    }

    [Fact]
    public async Task Its_log_is_read_and_commands_run_in_it()
    {
        var release = await ReleaseAsync();
        await using var world = await shared.CreateAsync(Cancellation);
        await world.DeployAsync(release);
        var operations = world.Deployer.Operate(release);
        var lines = new List<string>();
        void Take(string from, string line) => lines.Add(line);

        await operations.ReadLogsAsync(new LogRequest { Accessory = Store }, Take, Cancellation);
        Assert.Equal(["store is up"], lines);
        lines.Clear();
        var request = new ExecRequest { Command = "sh -c 'cat /data/born; exit 9'", Accessory = Store };
        var ended = await operations.ExecAsync(request, Take, Cancellation);
        Assert.Equal([new ExecResult("local", 9)], ended);
        Assert.Equal(await world.ReadBirthAsync(), Assert.Single(lines) + "\n");
        await Assert.ThrowsAsync<UserException>(() =>
            operations.ExecAsync(request with { IsOneOff = true }, Take, Cancellation)
        );
        await Assert.ThrowsAsync<UserException>(() =>
            operations.ReadLogsAsync(new LogRequest { Accessory = "shop" }, Take, Cancellation)
        );
    }

    private async Task<ReleaseSpec> ReleaseAsync() =>
        new("v1") { AccessoryImage = await shared.ShellImageAsync(Cancellation) };

    private static async Task AssertAloneAsync(TestWorld world) =>
        Assert.Single(await world.Engine.ListAsync($"{world.Spec.Service}-{Store}", Cancellation));

    /// <summary>The image of a container, with a volume that is declared in it, as those of databases have.</summary>
    private static async Task<string> WithVolumeAsync(TestWorld world, string image)
    {
        var client = world.Engine.Client;
        var made = new CreateContainerParameters { Image = image, Cmd = ["true"] };
        var container = await client.Containers.CreateContainerAsync(made, Cancellation);
        var commit = new CommitContainerChangesParameters
        {
            ContainerID = container.ID,
            RepositoryName = world.Engine.Name("volume"),
            Tag = "1",
            Changes = ["VOLUME /scratch"],
        };
        await client.Images.CommitContainerChangesAsync(commit, Cancellation);
        await client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters(), Cancellation);
        return $"{commit.RepositoryName}:{commit.Tag}";
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
