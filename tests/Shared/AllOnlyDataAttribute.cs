using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

/// <summary>
/// A row of a theory that is left to <c>./build.sh Test --all</c>: as <see cref="InlineDataAttribute"/> otherwise. The theory says by <see cref="RepresentedByAttribute"/>
/// which of its other rows stands for it in the small run.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class AllOnlyDataAttribute : DataAttribute
{
    private readonly object?[] values;

    /// <param name="values">The arguments of the test.</param>
    public AllOnlyDataAttribute(params object?[]? values)
    {
        this.values = values ?? [null];
        Traits = [AllOnlyAttribute.Trait, AllOnlyAttribute.Value];
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    )
    {
        var row = new TheoryDataRow(values) { Traits = new() { [AllOnlyAttribute.Trait] = [AllOnlyAttribute.Value] } };
        return new([row]);
    }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
