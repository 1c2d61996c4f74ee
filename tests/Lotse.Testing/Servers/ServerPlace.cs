namespace Lotse.Testing.Servers;

/// <summary>What distinguishes one server of a fleet.</summary>
internal sealed record ServerPlace(string HostName, string Network, string Address, long? DiskBytes);
