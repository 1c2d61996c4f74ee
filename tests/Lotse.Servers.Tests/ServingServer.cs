namespace Lotse.Servers.Tests;

/// <summary>One server that serves v1, for all tests of a class: none of them changes what it serves.</summary>
public sealed class ServingServer(SharedServers shared) : ServingWorld(shared, servers: 1);
