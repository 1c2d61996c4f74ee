using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Lotse.Servers.Tests.LongestFirst))]

namespace Lotse.Servers.Tests;

/// <summary>
/// Begins with the classes that take the longest, so that none of them is alone at the end, and lets those that need three servers take turns with those that need one, so
/// that few wait for servers. The others come in an order that is the same each time.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(Workflows.SetupThenDeployTests),
        nameof(Workflows.StagingCommandTests),
        nameof(Workflows.StagingJobTests),
        nameof(BrokenLinkTests),
        nameof(WireTests),
        nameof(LostServerTests),
        nameof(ManyRolesTests),
        nameof(DeadDeployerTests),
        nameof(DiskTests),
        nameof(UnreachableServerTests),
        nameof(TerminalTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [
            .. testCollections
                .OrderBy(collection => PlaceOf(collection.TestCollectionDisplayName))
                .ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal),
        ];

    private static int PlaceOf(string collection)
    {
        var place = Array.FindIndex(Longest, name => collection.Contains($".{name}", StringComparison.Ordinal));
        return place < 0 ? Longest.Length : place;
    }
}
