using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>builder</c>.</summary>
internal sealed class BuilderReader(Sites sites)
{
    private static readonly string[] Architectures = ["amd64", "arm64"];

    public BuilderConfig Read(Cursor? cursor)
    {
        var defaults = new BuilderConfig();
        if (cursor?.Map(Schema.Builder) is not { } fields)
        {
            return defaults;
        }

        var builder = new BuilderConfig
        {
            Context = fields["context"]?.Name("a folder"),
            Dockerfile = fields["dockerfile"]?.Name("a file") ?? defaults.Dockerfile,
            Target = fields["target"]?.Name("a stage's name"),
            Args = fields["args"].TextMap("a map of build arguments"),
            Secrets = Secrets(fields["secrets"]),
            Arch = Arch(fields["arch"]),
            Remote = fields["remote"]?.Name("a builder's address"),
            Local = fields["local"]?.Flag() ?? defaults.Local,
            Driver = fields["driver"]?.Name("a build driver"),
            Cache = Cache(fields["cache"]),
            Pack = Pack(fields["pack"]),
            Ssh = fields["ssh"]?.Name("an agent socket or keys"),
            Provenance = fields["provenance"]?.Value(),
            Sbom = fields["sbom"]?.Value(),
        };
        CheckTogether(builder, fields);
        return builder;
    }

    private static void CheckTogether(BuilderConfig builder, Fields fields)
    {
        if (!builder.Local && builder.Remote is null)
        {
            fields["local"]!.Error("local builds are off, and no remote builder is given", "Give builder.remote.");
        }

        if (builder is { Pack: not null, Arch.Length: > 1 })
        {
            fields["arch"]!.Error("a buildpack builds for one architecture only", "Keep one.");
        }
    }

    private ImmutableArray<string> Secrets(Cursor? cursor)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var item in cursor?.Items("secret names") ?? [])
        {
            if (item.Name("a secret's name") is { } name)
            {
                names.Add(name);
                sites.AddSecret(name, item);
            }
        }

        return names.ToImmutable();
    }

    private static ImmutableArray<string> Arch(Cursor? cursor)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var item in cursor?.ItemsOrSelf("architectures") ?? [])
        {
            var name = item.Name("an architecture");
            if (name is not null && !Architectures.Contains(name))
            {
                item.Error($"'{name}' is not a known architecture", "Write amd64 or arm64.");
            }

            names.Add(name ?? "");
        }

        return names.ToImmutable();
    }

    private static BuilderCacheConfig? Cache(Cursor? cursor)
    {
        if (cursor?.Map(Schema.BuilderCache) is not { } fields)
        {
            return null;
        }

        const string Cure = "Write gha or registry.";
        var type = fields.Required("type", "gha or registry", Cure);
        if (type is not (null or "gha" or "registry"))
        {
            fields["type"]!.Error($"'{type}' is not a known kind of cache", Cure);
        }

        return new BuilderCacheConfig(type ?? "", fields["options"]?.Text(), fields["image"]?.Name("an image"));
    }

    private static BuilderPackConfig? Pack(Cursor? cursor) =>
        cursor?.Map(Schema.BuilderPack) is { } fields
            ? new BuilderPackConfig(
                fields["builder"]?.Name("a builder image"),
                fields["buildpacks"].Texts("buildpacks")
            )
            : null;
}
