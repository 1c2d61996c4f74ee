using Xunit.v3;

/// <summary>
/// Leaves a test, or all tests of a class, to <c>./build.sh Test --all</c>. Something in the small run stands for it, and is named here: the same promise, proven once.
/// Rows of a theory use <see cref="AllOnlyDataAttribute"/> instead.
/// </summary>
/// <param name="representative">
/// Which test of the small run stands for it, as Class or Class.Method, and why that one: <c>"UpgradeTests.On_three_servers…: why"</c>.
/// </param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class AllOnlyAttribute(string representative) : Attribute, ITraitAttribute
{
    /// <summary>The trait's name; a test without it belongs to both runs.</summary>
    public const string Trait = "run";

    /// <summary>The trait's only value.</summary>
    public const string Value = "all";

    /// <summary>What stands for it in the small run, and why.</summary>
    public string Representative { get; } = representative;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [new(Trait, Value), new(RepresentedByAttribute.Trait, Representative)];
}
