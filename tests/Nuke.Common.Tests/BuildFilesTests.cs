using System.Text.Json;
using Nuke.Common.IO;

namespace Nuke.Common.Tests;

public sealed class BuildFilesTests : IDisposable
{
    private readonly Trial trial = new();

    private enum Level
    {
        Low,
        High,
    }

    private interface IHaz : INukeBuild
    {
        [Parameter("How many.")]
        int Count => TryGetValue<int?>(() => Count) ?? 1;
    }

    private sealed class Build : NukeBuild, IHaz
    {
        [Parameter]
        readonly Level? Level;

        [Parameter(ValueProviderMember = nameof(Fruits))]
        readonly string[] Fruit = [];

        [Parameter]
        [Secret]
        readonly string? Token;

        [Parameter]
        readonly AbsolutePath? Out;

        private static IEnumerable<string> Fruits => ["apple", "pear"];

        Target Zip => _ => _;

        Target Build2 => _ => _;
    }

    [Fact]
    public void The_schema_describes_the_parameters_and_targets()
    {
        trial.Run<Build>();
        using var schema = JsonDocument.Parse(trial.ReadFile("build.schema.json"));
        var own = schema.RootElement.GetProperty("allOf")[0].GetProperty("properties");
        var inherited = schema
            .RootElement.GetProperty("definitions")
            .GetProperty("NukeBuild")
            .GetProperty("properties");

        Assert.Equal("""{"type":"integer","description":"How many"}""", Compact(own.GetProperty("Count")));
        Assert.Equal("""{"type":"string","enum":["Low","High"]}""", Compact(own.GetProperty("Level")));
        Assert.Equal(
            """{"type":"array","items":{"type":"string","enum":["apple","pear"]}}""",
            Compact(own.GetProperty("Fruit"))
        );
        Assert.StartsWith(
            "Secrets",
            own.GetProperty("Token").GetProperty("default").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal("""{"type":"string"}""", Compact(own.GetProperty("Out")));
        Assert.Contains("#/definitions/ExecutableTarget", Compact(inherited.GetProperty("Target")));
        Assert.Contains("#/definitions/Host", Compact(inherited.GetProperty("Host")));
        Assert.Equal(
            """{"type":"string","enum":["Build2","Zip"]}""",
            Compact(schema.RootElement.GetProperty("definitions").GetProperty("ExecutableTarget"))
        );
    }

    [Fact]
    public void The_schema_is_written_again_only_when_it_differs()
    {
        trial.Run<Build>();
        var file = trial.Root / ".nuke" / "build.schema.json";
        var longAgo = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(file, longAgo);

        trial.Run<Build>();
        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(file));

        trial.WriteFile("build.schema.json", "{}");
        trial.Run<Build>();
        Assert.Contains("\"Zip\"", trial.ReadFile("build.schema.json"));
    }

    [Fact]
    public void A_parameter_file_is_made_where_there_is_none_and_kept_where_there_is_one()
    {
        trial.Run<Build>();
        Assert.Contains("\"$schema\": \"build.schema.json\"", trial.ReadFile("parameters.json"));

        trial.WriteFile("parameters.json", """{ "Level": "High" }""");
        trial.Run<Build>();
        Assert.Equal("""{ "Level": "High" }""", trial.ReadFile("parameters.json"));
    }

    public void Dispose() => trial.Dispose();

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
