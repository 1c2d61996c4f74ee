namespace Lotse.Configuration.Reading;

internal static class ConfigReading
{
    public static ConfigResult Run(ConfigRequest request) =>
        new()
        {
            Problems =
            [
                new Problem
                {
                    File = request.ConfigFile,
                    Fact = "is not read yet",
                    Cure = "",
                },
            ],
        };
}
