using Nuke.Common.Execution;
using Nuke.Common.IO;

namespace Nuke.Common;

/// <content>What is known without an instance, so that field initialisers can use it.</content>
public abstract partial class NukeBuild
{
    /// <inheritdoc cref="INukeBuild.RootDirectory" />
    [Parameter("Root directory during build execution.", Name = "Root")]
    public static AbsolutePath RootDirectory => BuildContext.Current.RootDirectory;

    /// <inheritdoc cref="INukeBuild.TemporaryDirectory" />
    public static AbsolutePath TemporaryDirectory => BuildContext.Current.TemporaryDirectory;

    /// <inheritdoc cref="INukeBuild.BuildAssemblyFile" />
    public static AbsolutePath? BuildAssemblyFile => BuildContext.Current.AssemblyFile;

    /// <inheritdoc cref="INukeBuild.BuildAssemblyDirectory" />
    public static AbsolutePath? BuildAssemblyDirectory => BuildAssemblyFile?.Parent;

    /// <inheritdoc cref="INukeBuild.BuildProjectDirectory" />
    public static AbsolutePath? BuildProjectDirectory => BuildProjectFile?.Parent;

    /// <inheritdoc cref="INukeBuild.BuildProjectFile" />
    public static AbsolutePath? BuildProjectFile
    {
        get
        {
            for (var directory = BuildAssemblyDirectory; directory != null; directory = directory.Parent)
            {
                if (Directory.EnumerateFiles(directory, "*.csproj").FirstOrDefault() is { } file)
                    return file;
            }

            return null;
        }
    }

    /// <inheritdoc cref="INukeBuild.Verbosity" />
    [Parameter("Logging verbosity during build execution. Default is 'Normal'.")]
    public static Verbosity Verbosity => BuildContext.Current.Verbosity;

    /// <inheritdoc cref="INukeBuild.Host" />
    [Parameter("Host for execution. Default is 'automatic'.")]
    public static Host Host => BuildContext.Current.Host;

    /// <summary>The profiles whose parameter files are read, beside <c>.nuke/parameters.json</c>.</summary>
    [Parameter("Defines the profiles to load.", Name = "Profile")]
    public static string[] LoadedLocalProfiles => BuildContext.Current.Profiles;

    /// <inheritdoc cref="INukeBuild.IsLocalBuild" />
    public static bool IsLocalBuild => !IsServerBuild;

    /// <inheritdoc cref="INukeBuild.IsServerBuild" />
    public static bool IsServerBuild => Host.IsServer;

    AbsolutePath INukeBuild.RootDirectory => RootDirectory;

    AbsolutePath INukeBuild.TemporaryDirectory => TemporaryDirectory;

    AbsolutePath? INukeBuild.BuildAssemblyFile => BuildAssemblyFile;

    AbsolutePath? INukeBuild.BuildAssemblyDirectory => BuildAssemblyDirectory;

    AbsolutePath? INukeBuild.BuildProjectDirectory => BuildProjectDirectory;

    AbsolutePath? INukeBuild.BuildProjectFile => BuildProjectFile;

    Verbosity INukeBuild.Verbosity => Verbosity;

    Host INukeBuild.Host => Host;

    bool INukeBuild.IsLocalBuild => IsLocalBuild;

    bool INukeBuild.IsServerBuild => IsServerBuild;
}
