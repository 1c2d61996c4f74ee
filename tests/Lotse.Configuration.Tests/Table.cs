namespace Lotse.Configuration.Tests;

/// <summary>
/// Tables of inputs and the exact problem each must give, as text files: a block has the input's lines behind "&gt; ",
/// then the problem without the file's name; a blank line ends it.
/// </summary>
internal static class Table
{
    public static IEnumerable<TheoryDataRow<string, string>> Read(string name)
    {
        var path = Path.Combine(RepositoryFiles.Root(), "tests/Lotse.Configuration.Tests/Tables", name + ".txt");
        var input = new List<string>();
        foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
        {
            if (line[0] == '>')
            {
                input.Add(line.Length > 2 ? line[2..] : "");
                continue;
            }

            yield return new(string.Join('\n', input), line);
            input.Clear();
        }
    }
}
