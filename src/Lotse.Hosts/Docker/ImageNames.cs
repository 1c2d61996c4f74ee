namespace Lotse.Hosts.Docker;

/// <summary>Image names: <c>[host[:port]/]path[:tag]</c>.</summary>
internal static class ImageNames
{
    /// <summary>Splits a name into repository and tag; without a tag it is <c>latest</c>. A port's colon is none of a tag.</summary>
    public static (string Repository, string Tag) Split(string name)
    {
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, "latest");
    }
}
