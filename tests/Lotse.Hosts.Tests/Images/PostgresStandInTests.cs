using Lotse.Hosts.Tests.Local;

namespace Lotse.Hosts.Tests.Images;

/// <summary>The PostgreSQL stand-in is run as the official image would be.</summary>
public sealed class PostgresStandInTests(RealEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_in_the_volume_survives_a_new_container()
    {
        var volume = engine.NewName();
        var first = await StartAsync(
            volume,
            "-e",
            "POSTGRES_PASSWORD=p w'd",
            "-e",
            "POSTGRES_USER=ann",
            "-e",
            "POSTGRES_DB=notes"
        );
        await SqlAsync(first, "ann", "notes", "create table t(n int); insert into t values (42)");
        await DockerAsync("rm", "--force", first);

        var second = await StartAsync(volume, "-e", "POSTGRES_PASSWORD=ignored");
        Assert.Equal(["42"], await SqlAsync(second, "ann", "notes", "select n from t"));
        Assert.Equal(["*"], await SqlAsync(second, "ann", "notes", "show listen_addresses"));
        var viaTcp = new[]
        {
            "exec",
            "-e",
            "PGPASSWORD=p w'd",
            second,
            "psql",
            "-h",
            "127.0.0.1",
            "-U",
            "ann",
            "-At",
            "-c",
            "select 1",
            "notes",
        };
        Assert.Equal(["1"], await DockerAsync(viaTcp));
        var user = await DockerAsync("exec", second, "stat", "-c", "%U %u", "/var/lib/postgresql/data/PG_VERSION");
        Assert.Equal(["postgres 999"], user);
    }

    [Fact]
    [AllOnly(
        "PostgresStandInTests.Data_in_the_volume_survives_a_new_container: the same entry point; no deploy of this repository's own has secrets in files"
    )]
    public async Task Secrets_come_from_files_and_scripts_run_once()
    {
        using var folder = new TemporaryFolder(readableByAll: true);
        folder.Write("secret", "from-file\n");
        folder.Write("init/1.sql", "create table visits(n int);");
        TemporaryFolder.MakeExecutable(
            folder.Write(
                "init/2.sh",
                "#!/bin/bash\nset -e\nif [[ x == x ]]; then psql -U postgres -c 'insert into visits values (7)'; fi\n"
            )
        );
        var container = await StartAsync(
            engine.NewName(),
            "-e",
            "POSTGRES_PASSWORD_FILE=/run/secret",
            "-v",
            $"{folder["secret"]}:/run/secret:ro",
            "-v",
            $"{folder["init"]}:/docker-entrypoint-initdb.d:ro",
            "-e",
            "POSTGRES_INITDB_ARGS=--data-checksums"
        );
        await DockerAsync("restart", "--time=20", container);
        await AwaitReadyAsync(container);
        Assert.Equal(["7"], await SqlAsync(container, "postgres", "postgres", "select n from visits"));
        Assert.Equal(["on"], await SqlAsync(container, "postgres", "postgres", "show data_checksums"));
        var viaTcp = new[]
        {
            "exec",
            "-e",
            "PGPASSWORD=from-file",
            container,
            "psql",
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-Atc",
            "select 1",
        };
        Assert.Equal(["1"], await DockerAsync(viaTcp));
    }

    [Fact]
    [AllOnly(
        "PostgresStandInTests.Data_in_the_volume_survives_a_new_container: the same first start, which is not cut off there"
    )]
    public async Task A_start_that_was_killed_is_begun_anew()
    {
        using var folder = new TemporaryFolder(readableByAll: true);
        folder.Write("1.sql", "create table once(n int); select pg_sleep(3600);");
        var image = await engine.StandInAsync("postgres:17");
        var volume = engine.NewName();
        var container = engine.NewName();
        await DockerAsync(
            "run",
            "-d",
            "--network=none",
            "--name",
            container,
            "-e",
            "POSTGRES_PASSWORD=x",
            "-v",
            $"{volume}:/var/lib/postgresql/data",
            "-v",
            $"{folder.Path}:/docker-entrypoint-initdb.d:ro",
            image
        );
        await AwaitAsync(async () =>
            (await DockerAsync("logs", container)).Any(l => l.Contains("running /docker", StringComparison.Ordinal))
        );
        // It is not ready while scripts run, whatever its own server says.
        Assert.NotEqual(0, (await Docker.TryAsync(engine.Address, "exec", container, "pg_isready", "-q")).ExitCode);
        await DockerAsync("rm", "--force", container);

        var second = await StartAsync(volume, "-e", "POSTGRES_PASSWORD=x");
        Assert.Equal(
            ["0"],
            await SqlAsync(second, "postgres", "postgres", "select count(*) from pg_tables where tablename='once'")
        );
    }

    [Fact]
    public async Task Without_a_password_it_says_what_is_missing()
    {
        var image = await engine.StandInAsync("postgres:17");
        var (code, lines) = await Docker.TryAsync(engine.Address, "run", "--rm", "--network=none", image);
        Assert.Equal(1, code);
        Assert.Contains(lines, l => l.Contains("POSTGRES_PASSWORD is not set", StringComparison.Ordinal));
    }

    [Theory]
    [RepresentedBy(
        "17: its image is made for the other tests anyway; 15 comes from another Debian, with packages of its own"
    )]
    [InlineData("postgres:17", "17.")]
    [AllOnlyData("postgres:15-alpine", "15.")]
    public async Task The_version_asked_for_is_the_version_that_runs(string original, string version)
    {
        var image = await engine.StandInAsync(original);
        var lines = await DockerAsync("run", "--rm", "--network=none", image, "postgres", "--version");
        Assert.StartsWith($"postgres (PostgreSQL) {version}", Assert.Single(lines), StringComparison.Ordinal);
    }

    private async Task<string> StartAsync(string volume, params string[] options)
    {
        var image = await engine.StandInAsync("postgres:17");
        var container = engine.NewName();
        string[] run = ["run", "-d", "--network=none", "--name", container, "-v", $"{volume}:/var/lib/postgresql/data"];
        await DockerAsync([.. run, .. options, image]);
        await AwaitReadyAsync(container);
        return container;
    }

    private Task AwaitReadyAsync(string container) =>
        AwaitAsync(async () =>
        {
            var (code, _) = await Docker.TryAsync(engine.Address, "exec", container, "pg_isready", "-q");
            var running = await DockerAsync("inspect", "--format", "{{.State.Running}}", container);
            Assert.True(running is ["true"], string.Join('\n', await DockerAsync("logs", container)));
            return code == 0;
        });

    private static async Task AwaitAsync(Func<Task<bool>> condition)
    {
        // Only that a wait in vain ends: on a busy machine an engine takes minutes to start a container.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(15));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
        }
    }

    private Task<IReadOnlyList<string>> SqlAsync(string container, string user, string database, string sql) =>
        DockerAsync("exec", container, "psql", "-v", "ON_ERROR_STOP=1", "-qAt", "-U", user, "-d", database, "-c", sql);

    private Task<IReadOnlyList<string>> DockerAsync(params string[] arguments) =>
        Docker.RunAsync(engine.Address, arguments);
}
