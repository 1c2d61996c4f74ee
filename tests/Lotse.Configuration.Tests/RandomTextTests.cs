namespace Lotse.Configuration.Tests;

/// <summary>
/// Whatever a file holds, reading it ends with a configuration or with problems, never with an exception.
/// </summary>
public sealed class RandomTextTests
{
    private const int Rounds = 150;
    private const string Characters = "ab:-#'\"[]{}|>&*!%@`,?<~.\\/$()= \t\n\n  01é\u0001\uFEFF";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomCharacters(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < Rounds; i++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(60)).Select(_ => Characters[random.Next(Characters.Length)])
            );
            Check(text, text);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void DamagedReference(int seed)
    {
        var random = new Random(seed);
        var lines = RepositoryFiles
            .Reference.Split('\n')
            .Where(l => l.Trim().Length > 0 && l.Trim()[0] != '#')
            .ToArray();
        for (var i = 0; i < Rounds; i++)
        {
            Check(Damage(lines, random), Damage(lines, random));
        }
    }

    /// <summary>Some lines in a row, some lost, some doubled, some with a character put in or taken out.</summary>
    private static string Damage(string[] lines, Random random)
    {
        var start = random.Next(lines.Length);
        var damaged = lines.Skip(start).Take(random.Next(80)).ToList();
        for (var i = 0; i < 4 && damaged.Count > 0; i++)
        {
            var at = random.Next(damaged.Count);
            var line = damaged[at];
            var column = random.Next(line.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    damaged.RemoveAt(at);
                    break;
                case 1:
                    damaged.Insert(at, line);
                    break;
                case 2:
                    damaged[at] = line.Insert(column, Characters[random.Next(Characters.Length)].ToString());
                    break;
                default:
                    damaged[at] = line.Remove(Math.Min(column, line.Length - 1), 1) + " ";
                    break;
            }
        }

        return string.Join('\n', damaged);
    }

    private static void Check(string text, string overlay)
    {
        using var project = new Project(text)
            .Write("config/deploy.x.yml", overlay)
            .Write(".kamal/secrets.x", text)
            .Write(".kamal/secrets-common", overlay);
        ConfigResult result;
        try
        {
            result = project.Read("x");
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Reading threw for:\n{text}\n--- and overlay:\n{overlay}", e);
        }

        Assert.Equal(result.HasErrors, result.Config is null);
        Assert.All(
            result.Problems,
            p => Assert.False(p.Fact.Length == 0 || p.Cure.Length == 0 || p.Line < 0, p.ToString())
        );
    }
}
