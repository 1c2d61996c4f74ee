using Xunit.v3;

/// <summary>Says which rows of a theory stand in the small run for those that it leaves to <c>./build.sh Test --all</c>.</summary>
/// <param name="why">Which, and why those: <c>"a kill at the switch: the only moment at which traffic has moved on some hosts"</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RepresentedByAttribute(string why) : Attribute, ITraitAttribute
{
    /// <summary>The trait's name.</summary>
    public const string Trait = "represented by";

    /// <summary>Which rows, and why those.</summary>
    public string Why { get; } = why;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Trait, Why)];
}
