namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>logging</c>, <c>output</c> and <c>hooks_output</c>.</summary>
internal static class LoggingReader
{
    public static LoggingConfig Read(Cursor? cursor)
    {
        if (cursor?.Map(Schema.Logging) is not { } fields)
        {
            return LoggingConfig.Default;
        }

        var logging = new LoggingConfig
        {
            Driver = fields["driver"]?.Name("a log driver"),
            Options = fields["options"].TextMap("a map of log options"),
        };
        return logging is { Driver: null, Options.IsEmpty: true } ? LoggingConfig.Default : logging;
    }

    public static OutputConfig ReadOutput(Cursor? cursor)
    {
        var fields = cursor?.Map(Schema.Output);
        return new OutputConfig
        {
            OtelEndpoint = fields?["otel"]?.Map(Schema.OutputOtel)?["endpoint"]?.Name("an address"),
            FilePath = fields?["file"]?.Map(Schema.OutputFile)?["path"]?.Name("a folder"),
        };
    }

    public static IEnumerable<KeyValuePair<string, HookOutput>> ReadHooks(Cursor? cursor)
    {
        if (cursor is null)
        {
            return [];
        }

        return cursor.IsMap
            ? cursor.Entries("a map of hooks").Select(e => KeyValuePair.Create(e.Key, Level(e)))
            : [KeyValuePair.Create("", Level(cursor))];
    }

    /// <summary>Ruby writes a symbol with a colon in front.</summary>
    private static HookOutput Level(Cursor cursor)
    {
        var text = cursor.Text("quiet or verbose");
        switch (text?.TrimStart(':'))
        {
            case "quiet":
                return HookOutput.Quiet;
            case null or "verbose":
                return HookOutput.Verbose;
            default:
                cursor.Error($"expected quiet or verbose, found '{text}'", "Write quiet or verbose.");
                return HookOutput.Verbose;
        }
    }
}
