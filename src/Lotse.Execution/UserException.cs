namespace Lotse.Execution;

/// <summary>Something that the user can mend: what is wrong, and what to do.</summary>
/// <param name="fact">What is wrong, in one or more sentences.</param>
/// <param name="cure">What to do next.</param>
public sealed class UserException(string fact, string cure) : Exception($"{fact}\n  → {cure}")
{
    /// <summary>Whether the command or the configuration is wrong. Default: yes; no where a host is not as it must be, which the same command may not find again.</summary>
    public bool IsMisuse { get; init; } = true;
}
