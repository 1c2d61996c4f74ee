using System.Collections.Immutable;
using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Reading;

/// <summary>
/// Collects problems. A fact about one place counts once: a value that several roles inherit is reported where it
/// stands.
/// </summary>
internal sealed class ProblemList
{
    private readonly List<Problem> problems = [];
    private readonly HashSet<(string File, int Line, int Column, string Fact)> seen = [];
    private readonly List<string> files;

    public ProblemList()
        : this([]) { }

    private ProblemList(List<string> files) => this.files = files;

    public bool HasErrors => problems.Exists(p => p.Severity == Severity.Error);

    /// <summary>Gives a file its turn in the order of the report.</summary>
    public void Register(string file) => files.Add(file);

    /// <summary>An empty list with the same order of files.</summary>
    public ProblemList Another() => new(files);

    public void Add(Problem problem)
    {
        if (seen.Add((problem.File, problem.Line, problem.Column, problem.Fact)))
        {
            problems.Add(problem);
        }
    }

    public void Error(Mark mark, string path, string fact, string cure) => Add(Make(mark, path, fact, cure));

    public void Warning(Mark mark, string path, string fact, string cure) =>
        Add(Make(mark, path, fact, cure) with { Severity = Severity.Warning });

    /// <summary>A problem that concerns a whole file, or one that is not there.</summary>
    public void FileError(string file, string fact, string cure) =>
        Add(
            new Problem
            {
                File = file,
                Fact = fact,
                Cure = cure,
            }
        );

    public ImmutableArray<Problem> ToOrdered() =>
        [.. problems.OrderBy(p => files.IndexOf(p.File)).ThenBy(p => p.Line).ThenBy(p => p.Column)];

    private static Problem Make(Mark mark, string path, string fact, string cure) =>
        new()
        {
            File = mark.File,
            Line = mark.Line,
            Column = mark.Column,
            Path = path,
            Fact = fact,
            Cure = cure,
        };
}
