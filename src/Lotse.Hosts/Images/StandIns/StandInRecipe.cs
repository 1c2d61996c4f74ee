using System.Collections.Immutable;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>How one image is replaced where no registry can be reached.</summary>
internal abstract record StandInRecipe
{
    /// <summary>Marks every stand-in; the value is <c>true</c>.</summary>
    public const string Label = "lotse.stand-in";

    /// <summary>What a stand-in was made by and from; one of another fingerprint is made anew.</summary>
    public const string FingerprintLabel = "lotse.stand-in.recipe";

    /// <summary>What the stand-in was made from, in words.</summary>
    public const string IngredientsLabel = "lotse.stand-in.from";

    /// <summary>What the stand-in is made by and from, without asking for packages.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>Makes the layers.</summary>
    public abstract Task<StandIn> MakeAsync(Workshop workshop, CancellationToken cancellation);
}

/// <summary>A finished stand-in.</summary>
/// <param name="Ingredients">What it is made from, to stand after "made from".</param>
/// <param name="Settings">What it does when it is run.</param>
/// <param name="Layers">Its layers, lowest first.</param>
internal sealed record StandIn(string Ingredients, ImageSettings Settings, ImmutableArray<ImageLayer> Layers);
