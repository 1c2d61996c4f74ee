using Renci.SshNet.Security;

namespace Lotse.Hosts.Ssh.Access.Keys;

/// <summary>Collects the keys that are offered to a server: named files, secrets, the agent's, and the usual files.</summary>
internal sealed class KeyRing(SshSettings settings, TimeProvider time)
{
    /// <summary>The environment variable with the passphrase of encrypted key files.</summary>
    public const string PassphraseVariable = "LOTSE_SSH_PASSPHRASE";

    /// <summary>As many as OpenSSH's (ssh_config(5), NumberOfPasswordPrompts).</summary>
    private const int MostPrompts = 3;

    private readonly Lock turn = new();
    private readonly Dictionary<string, Answer> answers = [];

    /// <summary>Collects the keys, best first, each once, and what there is to say of those that cannot be offered.</summary>
    public OfferedKeys Collect(KeyChoice choice)
    {
        var notes = new List<string>();
        var agent = Agent(choice, notes);
        var named = choice.Files.Select(f => FromFile(f, agent, isNamed: true, notes)).OfType<OfferedKey>();
        var secret = settings.KeyData.Select(k => FromSecret(k.Key, k.Value.Unwrap(), notes)).OfType<OfferedKey>();
        var held = choice.NamedOnly ? [] : agent.Keys.Select(k => FromAgent(agent, k));
        var usual = choice.UsualFiles.Where(File.Exists).Select(f => FromFile(f, agent, isNamed: false, notes));
        List<OfferedKey> keys = [.. secret, .. named, .. held, .. usual.OfType<OfferedKey>()];
        if (keys.Count == 0 && choice.UsualFiles.FirstOrDefault(File.Exists) is { } last)
        {
            notes.Clear();
            keys.AddRange(new[] { FromFile(last, agent, isNamed: true, notes) }.OfType<OfferedKey>());
        }

        notes.AddRange(keys.Count == 0 ? LookedFor(choice) : []);
        return new OfferedKeys([.. keys.DistinctBy(k => k.Key)], notes);
    }

    private static IEnumerable<string> LookedFor(KeyChoice choice) =>
        choice
            .UsualFiles.Where(f => !File.Exists(f))
            .Select(f => $"{f}: not there")
            .Append(choice.Agent is null ? "no ssh-agent: SSH_AUTH_SOCK is not set" : "")
            .Where(n => n.Length > 0);

    private AgentContent Agent(KeyChoice choice, List<string> notes)
    {
        if (choice.Agent is not { } address)
        {
            return AgentContent.None;
        }

        var client = new AgentClient(address, time);
        try
        {
            var keys = client.List();
            if (keys.Count == 0)
            {
                notes.Add("the ssh-agent holds no keys");
            }

            return new AgentContent(client, keys);
        }
        catch (IOException failure)
        {
            notes.Add($"the ssh-agent at {address} does not answer: {failure.Message}");
            return AgentContent.None;
        }
    }

    private static OfferedKey FromAgent(AgentContent agent, AgentKey held)
    {
        var flags = OfferedKey.AlgorithmOf(held.Key.Type) == held.Key.Type ? 0 : AgentClient.RsaSha512;
        return new OfferedKey($"ssh-agent ({held.Comment})", held.Key, d => agent.Client!.Sign(held.Key, d, flags))
        {
            IsHeldByAgent = true,
        };
    }

    private static OfferedKey? FromSecret(string name, string text, List<string> notes)
    {
        try
        {
            return Make($"secret {name}", new KeyText(text).Open(null).HostKeyAlgorithms);
        }
        catch (FormatException failure)
        {
            notes.Add($"secret {name}: {failure.Message}");
            return null;
        }
    }

    private OfferedKey? FromFile(string file, AgentContent agent, bool isNamed, List<string> notes)
    {
        try
        {
            var key = new KeyText(File.Exists(file) ? File.ReadAllText(file) : "");
            // The agent has it open already: nobody has to be asked for its passphrase.
            if (agent.Find(key.PublicPart ?? PublicPartBeside(file)) is { } held)
            {
                return FromAgent(agent, held);
            }

            if (!File.Exists(file))
            {
                notes.Add($"{file}: not there");
                return null;
            }

            var passphrase = key.IsEncrypted ? PassphraseOf(file, key, isNamed) : null;
            return Make(file, key.Open(passphrase).HostKeyAlgorithms);
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
        {
            notes.Add($"{file}: {failure.Message}");
            return null;
        }
    }

    /// <summary>A file may hold just the public part, or the public part stand beside it: the agent has the rest.</summary>
    private static PublicKey? PublicPartBeside(string file)
    {
        var path = file.EndsWith(".pub", StringComparison.Ordinal) ? file : file + ".pub";
        return File.Exists(path) && File.ReadAllText(path).Split(' ', '\n') is [var type, var base64, ..]
            ? PublicKey.Parse(type, base64.Trim())
            : null;
    }

    /// <summary>Each file is asked for once, however many hosts want it, and whatever came of it.</summary>
    private string PassphraseOf(string file, KeyText key, bool isNamed)
    {
        lock (turn)
        {
            if (!answers.TryGetValue(file, out var answer))
            {
                answer = Ask(file, key, isNamed);
                if (isNamed || answer.Passphrase is not null)
                {
                    answers[file] = answer;
                }
            }

            return answer.Passphrase ?? throw new FormatException(answer.Problem);
        }
    }

    private Answer Ask(string file, KeyText key, bool isNamed)
    {
        if (settings.Environment(PassphraseVariable) is { } given)
        {
            return ProblemOf(key, given) is { } problem ? new Answer(null, problem) : new Answer(given);
        }

        var nobody = new Answer(
            null,
            $"it is encrypted, and nobody gave its passphrase: set {PassphraseVariable}, or run `ssh-add`"
        );
        if (!isNamed || settings.AskPassphrase is not { } ask)
        {
            return nobody;
        }

        var last = nobody;
        for (var prompt = 1; prompt <= MostPrompts && ask(file) is { } typed; prompt++)
        {
            if (ProblemOf(key, typed) is not { } problem)
            {
                return new Answer(typed);
            }

            last = new Answer(null, problem);
        }

        return last;
    }

    /// <summary>Why a passphrase does not open a key; null when it does.</summary>
    private static string? ProblemOf(KeyText key, string passphrase)
    {
        try
        {
            key.Open(passphrase).Dispose();
            return null;
        }
        catch (FormatException problem)
        {
            return problem.Message;
        }
    }

    /// <summary>What came of the question for a passphrase.</summary>
    private sealed record Answer(string? Passphrase, string Problem = "");

    private static OfferedKey Make(string label, IReadOnlyCollection<HostAlgorithm> algorithms)
    {
        var key = PublicKey.FromBlob(algorithms.First().Data);
        var algorithm = algorithms.First(a => a.Name == OfferedKey.AlgorithmOf(key.Type));
        return new OfferedKey(label, key, algorithm.Sign);
    }

    private sealed record AgentContent(AgentClient? Client, IReadOnlyList<AgentKey> Keys)
    {
        public static readonly AgentContent None = new(null, []);

        public AgentKey? Find(PublicKey? key) => key is null ? null : Keys.FirstOrDefault(k => k.Key == key);
    }
}

/// <summary>The keys for a server.</summary>
/// <param name="Keys">The keys, in the order in which they are offered.</param>
/// <param name="Notes">Why others cannot be offered.</param>
internal sealed record OfferedKeys(IReadOnlyList<OfferedKey> Keys, IReadOnlyList<string> Notes);
