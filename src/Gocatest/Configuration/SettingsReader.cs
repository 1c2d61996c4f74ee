using System.Globalization;
using System.Net;

namespace Gocatest.Configuration;

/// <summary>Turns environment variables into <see cref="Settings"/>, or into every problem they have.</summary>
internal sealed class SettingsReader(Func<string, string?> variable, string machineName)
{
    private const int LongestName = 128;

    private readonly List<string> problems = [];

    /// <summary>What is wrong, one phrase for each variable; empty after a successful <see cref="Read"/>.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>The settings, or null when <see cref="Problems"/> says why not.</summary>
    public Settings? Read()
    {
        var frontendPort = Number("FRONTEND_PORT", 3000, 0, IPEndPoint.MaxPort);
        var backendPort = Number("BACKEND_PORT", 8080, 0, IPEndPoint.MaxPort);
        if (frontendPort == backendPort && frontendPort != 0)
        {
            problems.Add($"FRONTEND_PORT and BACKEND_PORT are both {frontendPort}: give each its own");
        }

        var settings = new Settings
        {
            FrontendPort = frontendPort,
            BackendPort = backendPort,
            Address = Address("BIND_ADDRESS"),
            Version = Name("KAMAL_VERSION", "dev"),
            Host = Name("KAMAL_HOST", machineName),
            Container = Name("KAMAL_CONTAINER_NAME", machineName),
            Database = Database(),
            NotesPerMinute = Number("NOTES_PER_MINUTE", 20, 0, 10_000),
        };
        return problems.Count == 0 ? settings : null;
    }

    private DatabaseSettings Database()
    {
        var user = Value("POSTGRES_USER") ?? "gocatest";
        return new DatabaseSettings
        {
            Host = Value("POSTGRES_HOST") ?? "localhost",
            Port = Number("POSTGRES_PORT", 5432, 1, IPEndPoint.MaxPort),
            User = user,
            Name = Value("POSTGRES_DB") ?? user,
            Password = Value("POSTGRES_PASSWORD") ?? "",
        };
    }

    private string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;

    private int Number(string name, int fallback, int least, int most)
    {
        if (Value(name) is not { } value)
        {
            return fallback;
        }

        if (
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
        {
            return number;
        }

        problems.Add($"{name} is '{value}': use a whole number from {least} to {most}");
        return fallback;
    }

    private IPAddress? Address(string name)
    {
        if (Value(name) is not { } value)
        {
            return null;
        }

        if (IPAddress.TryParse(value, out var address))
        {
            return address;
        }

        problems.Add($"{name} is '{value}': use an IP address such as 127.0.0.1, or leave it out to listen everywhere");
        return null;
    }

    /// <summary>Names travel in response headers, so they are visible ASCII.</summary>
    private string Name(string name, string fallback)
    {
        var value = Value(name) ?? fallback;
        if (value.Length <= LongestName && value.All(c => c is > ' ' and < '\x7f'))
        {
            return value;
        }

        problems.Add($"{name} is '{value}': use 1 to {LongestName} visible ASCII characters without spaces");
        return fallback;
    }
}
