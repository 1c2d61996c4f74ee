using System.Collections.Immutable;
using Lotse.Configuration.Reading;

namespace Lotse.Configuration.Secrets;

/// <summary>
/// Finds the secrets that the configuration refers to: in <c>.kamal/secrets-common</c>, then in
/// <c>.kamal/secrets.destination</c> or without a destination <c>.kamal/secrets</c>; later files win.
/// </summary>
internal sealed class SecretsReader(ConfigRequest request, DeployConfig config, Cursor root, ProblemList problems)
{
    private readonly Dictionary<string, Secret> resolved = new(StringComparer.Ordinal);
    private readonly HashSet<string> generated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SecretEvaluator> evaluators = new(StringComparer.Ordinal);

    public DeployConfig Read(IReadOnlyList<SecretSite> sites)
    {
        var generates = GeneratedNames();
        if (!request.ReadsSecrets || sites.Count == 0)
        {
            return config;
        }

        var files = Load();
        var found = new List<Found>();
        foreach (var group in sites.GroupBy(s => s.Name))
        {
            if (Find(group.Key, files, group.First(), generates) is { } one)
            {
                found.Add(one);
            }
        }

        // A command may ask the person for a password: only when the rest is in order.
        if (!problems.HasErrors)
        {
            found.ForEach(Resolve);
        }

        return config with
        {
            GeneratedSecrets = [.. generated.Order(StringComparer.Ordinal)],
            Secrets = resolved.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    private HashSet<string> GeneratedNames()
    {
        var names = root.Step("secrets")?.Map(Schema.Secrets)?["generate"].Texts("secret names") ?? [];
        return names.ToHashSet(StringComparer.Ordinal);
    }

    private List<SecretsFile> Load()
    {
        var suffix = config.Destination is null ? "" : $".{config.Destination}";
        return [.. new[] { $"{config.SecretsPath}-common", $"{config.SecretsPath}{suffix}" }.Select(Load)];
    }

    private SecretsFile Load(string file)
    {
        problems.Register(file);
        var path = Path.Combine(request.RootDirectory, file);
        if (!File.Exists(path))
        {
            return new SecretsFile(file, false, []);
        }

        try
        {
            return new SecretsFile(file, true, SecretsFileParser.Parse(file, File.ReadAllText(path), problems));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.FileError(file, $"the file cannot be read: {e.Message.TrimEnd('.')}", "Check its permissions.");
            return new SecretsFile(file, true, []);
        }
    }

    private Found? Find(string name, List<SecretsFile> files, SecretSite site, HashSet<string> generates)
    {
        foreach (var file in files.AsEnumerable().Reverse())
        {
            if (file.Find(name) is { } line)
            {
                return Found(line, file, generates);
            }
        }

        if (generates.Contains(name))
        {
            generated.Add(name);
            return null;
        }

        ReportMissing(name, files, site);
        return null;
    }

    private Found? Found(SecretLine line, SecretsFile file, HashSet<string> generates)
    {
        var evaluator = EvaluatorOf(file);
        if (evaluator.Unset(line).FirstOrDefault() is not { } unset)
        {
            return new Found(line, evaluator);
        }

        if (generates.Contains(line.Name))
        {
            generated.Add(line.Name);
            return null;
        }

        problems.Error(
            line.Mark,
            line.Name,
            $"{unset} is not set in the environment, or empty",
            $"Set {unset} for this run, or write the value another way; {line.Name}= alone makes it empty on purpose."
        );
        return null;
    }

    private SecretEvaluator EvaluatorOf(SecretsFile file)
    {
        if (!evaluators.TryGetValue(file.Path, out var evaluator))
        {
            evaluator = new SecretEvaluator(file, request.Environment, request.RunCommand, problems);
            evaluators[file.Path] = evaluator;
        }

        return evaluator;
    }

    private void Resolve(Found found)
    {
        if (found.Evaluator.Evaluate(found.Line).Value is not { } value)
        {
            return;
        }

        resolved[found.Line.Name] = value;
        if (value.Unwrap().Length == 0 && !found.Line.Value.IsEmpty)
        {
            problems.Error(
                found.Line.Mark,
                found.Line.Name,
                "the value comes out empty",
                $"Check where it comes from; {found.Line.Name}= alone makes it empty on purpose."
            );
        }
    }

    private void ReportMissing(string name, List<SecretsFile> files, SecretSite site)
    {
        var searched = string.Join(" and ", files.Select(f => f.Exists ? f.Path : $"{f.Path} (no such file)"));
        problems.Error(
            site.Mark,
            site.Path,
            $"the secret {name} was not found in {searched}",
            $"Add a line {name}=${name} to {files[^1].Path} to take it from the environment, or {name}=$(command)."
        );
    }
}

/// <summary>A secret's line and what works out its value.</summary>
internal sealed record Found(SecretLine Line, SecretEvaluator Evaluator);
