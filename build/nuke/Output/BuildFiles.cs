using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Parameters;
using Serilog;

namespace Nuke.Common.Output;

/// <summary>Keeps the files in <c>.nuke</c> that editors and people find there.</summary>
internal sealed class BuildFiles(BuildContext context)
{
    /// <summary>Writes the schema when it differs, and an empty parameter file when there is none.</summary>
    public void Write(
        NukeBuild build,
        IReadOnlyList<ExecutableTarget> targets,
        IReadOnlyList<ParameterMember> parameters
    )
    {
        try
        {
            var schema = BuildSchema.Of(build, targets, parameters);
            var schemaFile = context.NukeDirectory / "build.schema.json";
            if (!File.Exists(schemaFile) || !schema.AsSpan().SequenceEqual(File.ReadAllBytes(schemaFile)))
                Replace(schemaFile, schema);

            var parametersFile = context.NukeDirectory / "parameters.json";
            if (!File.Exists(parametersFile))
                Replace(parametersFile, "{\n  \"$schema\": \"build.schema.json\"\n}\n"u8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A tree that cannot be written to still has a --help.
            Log.Verbose(exception, "The files in {Directory} are not up to date", context.NukeDirectory);
        }
    }

    // In one step, because another build may read it now.
    private void Replace(AbsolutePath file, ReadOnlySpan<byte> content)
    {
        var temporary = context.TemporaryDirectory / $"{Path.GetFileName(file)}.{Environment.ProcessId}";
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, file, overwrite: true);
    }
}
