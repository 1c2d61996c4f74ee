namespace Lotse.Servers.Tests;

/// <summary>What measures time runs alone, and one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Measures
{
    public const string Name = "measures";
}
