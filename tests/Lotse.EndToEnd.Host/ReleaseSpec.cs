namespace Lotse.EndToEnd.Host;

/// <summary>A version of the application, and with which configuration it is deployed.</summary>
public sealed record ReleaseSpec(string Version)
{
    /// <summary>Words of MISBEHAVE, built into the image.</summary>
    public string Misbehave { get; init; } = "";

    /// <summary>How long it may take to become healthy.</summary>
    public TimeSpan DeployTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The memory limit, as Docker writes it; null for none.</summary>
    public string? Memory { get; init; }

    /// <summary>The value of a variable that is part of the configuration; null for no such variable.</summary>
    public string? Colour { get; init; }

    /// <summary>The image of an accessory that keeps a file on a volume; null for no accessory.</summary>
    public string? AccessoryImage { get; init; }

    /// <summary>What the accessory does once its file is written.</summary>
    public string AccessoryCommand { get; init; } = "exec sleep 100000";

    /// <summary>The migration's command; null for none.</summary>
    public string? Migrate { get; init; }

    /// <summary>How long it is watched after the switch.</summary>
    public TimeSpan Bake { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many roles there are beside the one that serves, each with a container on every host.</summary>
    public int Workers { get; init; }

    /// <summary>How many old containers are kept.</summary>
    public int Retain { get; init; } = 2;
}
