namespace Lotse.Hosts.Docker;

/// <summary>Image names: <c>[host[:port]/]path[:tag]</c>.</summary>
internal static class ImageNames
{
    /// <summary>The architecture as images name it (GOARCH), of what the kernel calls the machine (<c>uname -m</c>).</summary>
    public static string Architecture(string? machine) =>
        machine switch
        {
            null => "",
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "armv7l" or "armv6l" => "arm",
            "i686" or "i386" => "386",
            _ => machine,
        };

    /// <summary>Splits a name into repository and tag; without a tag it is <c>latest</c>. A port's colon is none of a tag.</summary>
    public static (string Repository, string Tag) Split(string name)
    {
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, "latest");
    }
}
