using System.Security.Cryptography;
using System.Text;

namespace Lotse.Planning.Containers;

/// <summary>
/// A hash over what makes two containers of the same image behave alike. The name, the image, and what Lotse itself adds for each
/// release (its own labels and the <c>KAMAL_*</c> variables) are left out, so that equal configuration gives an equal fingerprint
/// whatever the version.
/// </summary>
public static class ContainerFingerprint
{
    /// <summary>The first 16 hex digits of a SHA-256 over the specification.</summary>
    public static string Of(ContainerSpec spec)
    {
        var text = new StringBuilder();
        void Add(string kind, params IEnumerable<string?> values)
        {
            text.Append(kind).Append('\u001e');
            foreach (var value in values)
            {
                text.Append(value).Append('\u001f');
            }
        }

        Add("command", spec.Command);
        Add(
            "environment",
            spec.Environment.Where(v => !IsOwnVariable(v.Name)).Select(v => $"{v.Name}={v.Secret?.Unwrap() ?? v.Clear}")
        );
        Add("labels", spec.Labels.Where(l => !ContainerLabels.IsOwn(l.Key)).Select(l => $"{l.Key}={l.Value}"));
        Add("network", [spec.Network, .. spec.NetworkAliases]);
        Add("volumes", spec.Volumes);
        Add("ports", spec.PublishedPorts);
        Add("restart", spec.Restart);
        Add("log", [spec.LogDriver, .. spec.LogOptions.Select(o => $"{o.Key}={o.Value}")]);
        Add("options", spec.Options.SelectMany(o => o.Value.Select(v => $"{o.Key}={v}")));
        Add("health", spec.HealthCheck?.ToString());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }

    private static bool IsOwnVariable(string name) => name.StartsWith("KAMAL_", StringComparison.Ordinal);
}
