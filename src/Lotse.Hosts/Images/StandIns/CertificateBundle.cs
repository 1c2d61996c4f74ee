namespace Lotse.Hosts.Images.StandIns;

/// <summary>
/// Puts together what the scripts of the package ca-certificates would: one file with all authorities, where OpenSSL looks for it.
/// </summary>
internal sealed class CertificateBundle
{
    private readonly SortedDictionary<string, byte[]> _certificates = new(StringComparer.Ordinal);

    /// <summary>Keeps a copy of each certificate that passes.</summary>
    public Stream Observe(string name, Stream data)
    {
        if (!name.StartsWith("usr/share/ca-certificates/", StringComparison.Ordinal))
        {
            return data;
        }

        var copy = new MemoryStream();
        data.CopyTo(copy);
        _certificates[name] = copy.ToArray();
        copy.Position = 0;
        return copy;
    }

    public void Write(LayerFile layer)
    {
        using var bundle = new MemoryStream();
        foreach (var certificate in _certificates.Values)
        {
            bundle.Write(certificate);
        }

        bundle.Position = 0;
        layer.AddFile("etc/ssl/certs/ca-certificates.crt", bundle, LayerFile.Mode("0644"));
        layer.AddLink("usr/lib/ssl/certs", "/etc/ssl/certs");
        layer.AddLink("usr/lib/ssl/cert.pem", "/etc/ssl/certs/ca-certificates.crt");
    }
}
