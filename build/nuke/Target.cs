namespace Nuke.Common;

/// <summary>One step of a build: a function that describes the step on a definition and returns it.</summary>
/// <param name="definition">The definition to describe the target on.</param>
/// <returns>The same definition.</returns>
public delegate ITargetDefinition Target(ITargetDefinition definition);
