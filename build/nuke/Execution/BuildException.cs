namespace Nuke.Common.Execution;

/// <summary>A mistake in how the build is called or defined: its message is all that a user needs to see.</summary>
internal sealed class BuildException(string message) : Exception(message);
