using Lotse.Testing.Engine;

namespace Lotse.Testing.Apps;

/// <summary>Lotse.TestApp as an image. The test project must reference tests/Lotse.TestApp.</summary>
public static class TestAppImage
{
    /// <summary>The port that it listens on.</summary>
    public const int Port = 8080;

    private static readonly string[] Files =
    [
        "Lotse.TestApp.dll",
        "Lotse.TestApp.deps.json",
        "Lotse.TestApp.runtimeconfig.json",
    ];

    /// <summary>The files of the application, to be put next to a Dockerfile.</summary>
    public static IEnumerable<string> Paths => Files.Select(InOutput);

    /// <summary>Its Dockerfile; the build arguments are BASE, VERSION and MISBEHAVE.</summary>
    public static string Dockerfile => File.ReadAllText(InOutput("Lotse.TestApp.Dockerfile"));

    /// <summary>Builds it and returns its reference.</summary>
    /// <param name="engine">Where.</param>
    /// <param name="baseImage">An image that has the ASP.NET Core runtime.</param>
    /// <param name="version">What the application answers with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="misbehave">Words of MISBEHAVE, separated by commas.</param>
    public static async Task<string> BuildAsync(
        TestEngine engine,
        string baseImage,
        string version,
        CancellationToken cancellationToken,
        string misbehave = ""
    )
    {
        await using var context = new ImageContext(Dockerfile);
        foreach (var path in Paths)
        {
            context.AddFile(Path.GetFileName(path), path);
        }

        var arguments = new Dictionary<string, string>
        {
            ["BASE"] = baseImage,
            ["VERSION"] = version,
            ["MISBEHAVE"] = misbehave,
        };
        return await engine.BuildAsync("testapp", context, cancellationToken, arguments);
    }

    private static string InOutput(string file) => Path.Combine(AppContext.BaseDirectory, file);
}
