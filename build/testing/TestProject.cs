using System.Globalization;
using System.Xml.Linq;

namespace Lotse.TestRuns;

/// <summary>A test program of this repository and how it is run, as its project file says.</summary>
public sealed record TestProject
{
    private const double DefaultWeight = 1;
    private const int DefaultHangMinutes = 2;

    /// <summary>The project's name, <c>Lotse.Planning.Tests</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The path of the project file.</summary>
    public required string File { get; init; }

    /// <summary>
    /// How many processor cores it keeps busy on average while it runs on two, containers that it starts included. Measured; property <c>TestWeight</c>, default 1.
    /// </summary>
    public double Weight { get; init; } = DefaultWeight;

    /// <summary>
    /// About how many seconds its small run takes on two quiet cores. What takes longest begins first. Property <c>TestSeconds</c>, default 10.
    /// </summary>
    public int Seconds { get; init; } = 10;

    /// <summary>How long one of its tests may run before it counts as hanging. Property <c>TestHangMinutes</c>, default 2.</summary>
    public TimeSpan HangLimit { get; init; } = TimeSpan.FromMinutes(DefaultHangMinutes);

    /// <summary>The compiled program.</summary>
    public string Assembly => Path.Combine(Path.GetDirectoryName(File)!, "bin", "Release", "net10.0", $"{Name}.dll");

    /// <summary>All test projects below a folder, in the order of their names.</summary>
    public static IReadOnlyList<TestProject> Find(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*.Tests.csproj", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(Read),
        ];

    private static TestProject Read(string file)
    {
        var properties = XDocument
            .Load(file)
            .Descendants()
            .Where(e => e.Parent?.Name.LocalName == "PropertyGroup")
            .ToLookup(e => e.Name.LocalName, e => e.Value);
        double? Number(string name) =>
            properties[name].LastOrDefault() is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
        return new TestProject
        {
            Name = Path.GetFileNameWithoutExtension(file),
            File = file,
            Weight = Number("TestWeight") ?? DefaultWeight,
            Seconds = (int)(Number("TestSeconds") ?? 10),
            HangLimit = TimeSpan.FromMinutes(Number("TestHangMinutes") ?? DefaultHangMinutes),
        };
    }
}
