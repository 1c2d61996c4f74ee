namespace Lotse.Execution;

/// <summary>A mistake that the user can mend: what is wrong, and what to do.</summary>
/// <param name="fact">What is wrong, in one or more sentences.</param>
/// <param name="cure">What to do next.</param>
public sealed class UserException(string fact, string cure) : Exception($"{fact}\n  → {cure}");
