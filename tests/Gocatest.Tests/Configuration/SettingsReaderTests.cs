using Gocatest.Configuration;

namespace Gocatest.Tests.Configuration;

public sealed class SettingsReaderTests
{
    [Fact]
    public void Everything_has_a_default()
    {
        var settings = Read([])!;

        Assert.Equal((3000, 8080), (settings.FrontendPort, settings.BackendPort));
        Assert.Null(settings.Address);
        Assert.Equal(("dev", "machine", "machine"), (settings.Version, settings.Host, settings.Container));
        Assert.Equal("gocatest@localhost:5432/gocatest", settings.Database.ToString());
    }

    [Fact]
    public void Every_variable_is_heard()
    {
        var settings = Read([
            ("FRONTEND_PORT", "31"),
            ("BACKEND_PORT", "32"),
            ("BIND_ADDRESS", "::1"),
            ("KAMAL_VERSION", "1.2.3"),
            ("KAMAL_HOST", "web-1"),
            ("KAMAL_CONTAINER_NAME", "c-1"),
            ("POSTGRES_HOST", "db"),
            ("POSTGRES_PORT", "5433"),
            ("POSTGRES_USER", "u"),
            ("POSTGRES_DB", "d"),
            ("POSTGRES_PASSWORD", "p"),
            ("NOTES_PER_MINUTE", "7"),
        ])!;

        Assert.Equal((31, 32, "::1"), (settings.FrontendPort, settings.BackendPort, settings.Address!.ToString()));
        Assert.Equal(("1.2.3", "web-1", "c-1"), (settings.Version, settings.Host, settings.Container));
        Assert.Equal(("u@db:5433/d", "p"), (settings.Database.ToString(), settings.Database.Password));
        Assert.Equal(7, settings.NotesPerMinute);
    }

    [Fact]
    public void Without_a_database_name_the_user_gives_it_as_in_PostgreSQL() =>
        Assert.Equal("mira", Read([("POSTGRES_USER", "mira")])!.Database.Name);

    [Theory]
    [InlineData("FRONTEND_PORT", "http")]
    [InlineData("FRONTEND_PORT", "-1")]
    [InlineData("BACKEND_PORT", "65536")]
    [InlineData("POSTGRES_PORT", "0")]
    [InlineData("POSTGRES_PORT", " 5432")]
    [InlineData("NOTES_PER_MINUTE", "many")]
    [InlineData("BIND_ADDRESS", "localhost")]
    [InlineData("KAMAL_VERSION", "1.0\r\nSet-Cookie: x")]
    [InlineData("KAMAL_HOST", "höst")]
    public void A_bad_value_is_named_with_its_variable(string name, string value)
    {
        var reader = Reader([(name, value)]);

        Assert.Null(reader.Read());
        Assert.StartsWith($"{name} is '{value}': use ", Assert.Single(reader.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var reader = Reader([("FRONTEND_PORT", "x"), ("POSTGRES_PORT", "y")]);

        Assert.Null(reader.Read());
        Assert.Equal(2, reader.Problems.Count);
    }

    [Fact]
    public void Both_ports_must_differ()
    {
        var reader = Reader([("FRONTEND_PORT", "8080")]);

        Assert.Null(reader.Read());
        Assert.Contains("both 8080", Assert.Single(reader.Problems), StringComparison.Ordinal);
    }

    private static Settings? Read((string Name, string Value)[] variables) => Reader(variables).Read();

    private static SettingsReader Reader((string Name, string Value)[] variables)
    {
        var given = variables.ToDictionary(v => v.Name, v => v.Value);
        return new SettingsReader(given.GetValueOrDefault, "machine");
    }
}
