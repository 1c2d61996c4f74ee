namespace Nuke.Common.Tooling;

/// <summary>Changes settings and hands them back.</summary>
/// <typeparam name="T">The type of the settings.</typeparam>
/// <param name="options">The settings to start from.</param>
/// <returns>The changed settings.</returns>
public delegate T Configure<T>(T options);
