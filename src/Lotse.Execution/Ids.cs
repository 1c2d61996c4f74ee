using System.Security.Cryptography;

namespace Lotse.Execution;

/// <summary>Makes ids.</summary>
public interface IIdSource
{
    /// <summary>A fresh id: twelve lower-case hex digits.</summary>
    string Next();
}

/// <summary>Ids from the operating system's random source.</summary>
public sealed class RandomIds : IIdSource
{
    /// <inheritdoc/>
    public string Next() => RandomNumberGenerator.GetHexString(12, lowercase: true);
}
