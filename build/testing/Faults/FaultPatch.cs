namespace Lotse.TestRuns.Faults;

/// <summary>A fault that stands in the sources, until it is disposed.</summary>
public sealed class FaultPatch : IDisposable
{
    private readonly string path;
    private readonly string original;

    private FaultPatch(string path, string original)
    {
        this.path = path;
        this.original = original;
    }

    /// <summary>Whether each fault can be put into the sources.</summary>
    /// <param name="faults">The faults.</param>
    /// <param name="root">The folder of the sources.</param>
    /// <exception cref="FaultFileException">A text does not stand in its file exactly once; all of them are named.</exception>
    public static void Check(IEnumerable<Fault> faults, string root)
    {
        var problems = faults.SelectMany(f => ProblemsOf(f, root)).ToList();
        if (problems.Count > 0)
        {
            throw new FaultFileException(problems);
        }
    }

    /// <summary>Puts a fault into the sources.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="root">The folder of the sources.</param>
    /// <exception cref="FaultFileException">A text does not stand in its file exactly once; nothing was changed.</exception>
    public static FaultPatch Apply(Fault fault, string root)
    {
        Check([fault], root);
        var path = Path.Combine(root, fault.File);
        var original = File.ReadAllText(path);
        var patch = new FaultPatch(path, original);
        File.WriteAllText(path, fault.Replacements.Aggregate(original, Replace));
        return patch;
    }

    /// <summary>Takes it out again.</summary>
    public void Dispose() => File.WriteAllText(path, original);

    private static string Replace(string text, Replacement replacement) =>
        text.Replace(replacement.Search, replacement.Replace, StringComparison.Ordinal);

    private static IEnumerable<string> ProblemsOf(Fault fault, string root)
    {
        if (!fault.File.StartsWith("src/", StringComparison.Ordinal) || !File.Exists(Path.Combine(root, fault.File)))
        {
            yield return $"{fault.Name}: there is no file {fault.File} of the product.";
            yield break;
        }

        var text = File.ReadAllText(Path.Combine(root, fault.File));
        foreach (var replacement in fault.Replacements)
        {
            var first = replacement.Search.Split('\n')[0].Trim();
            var found = Count(text, replacement.Search);
            if (found != 1)
            {
                yield return $"{fault.Name}: its text `{first}` stands {found} times in {fault.File}, and must stand there once.";
            }
            else if (replacement.Search == replacement.Replace)
            {
                yield return $"{fault.Name}: it replaces `{first}` in {fault.File} by itself.";
            }

            text = Replace(text, replacement);
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
