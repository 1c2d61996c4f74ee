namespace Lotse.Configuration;

/// <summary>Reads <c>config/deploy.yml</c>, the destination's overlay and the secrets.</summary>
public static class ConfigReader
{
    /// <summary>
    /// Reads everything and reports every problem at once. Nothing is changed; the only side effects are the commands
    /// of secrets files, run when the rest is free of errors. A user's mistake is never an exception.
    /// </summary>
    public static ConfigResult Read(ConfigRequest request) => Reading.ConfigReading.Run(request);
}
