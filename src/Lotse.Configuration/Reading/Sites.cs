using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Reading;

/// <summary>Where the configuration names a host or a secret: for checks that need the whole.</summary>
internal sealed class Sites
{
    public List<SecretSite> Secrets { get; } = [];

    public void AddSecret(string name, Cursor at) => Secrets.Add(new SecretSite(name, at.Node.Mark, at.Path));
}

internal sealed record SecretSite(string Name, Mark Mark, string Path);
