using Serilog.Events;
using Serilog.Parsing;

namespace Nuke.Common.Output;

/// <summary>Log events as text for people.</summary>
internal static class LogText
{
    /// <summary>The message with its values, and below it what its exception says.</summary>
    /// <param name="logEvent">The event.</param>
    /// <param name="withTrace">Whether the exception's type and stack trace are shown too.</param>
    public static string Of(LogEvent logEvent, bool withTrace)
    {
        using var text = new StringWriter();
        foreach (var token in logEvent.MessageTemplate.Tokens)
            Render(token, logEvent, text);

        if (logEvent.Exception is { } exception)
        {
            text.Write('\n');
            text.Write(withTrace ? exception.ToString() : exception.Message);
        }

        return text.ToString();
    }

    public static string Of(LogEventLevel level) =>
        level switch
        {
            LogEventLevel.Verbose => "VRB",
            LogEventLevel.Debug => "DBG",
            LogEventLevel.Information => "INF",
            LogEventLevel.Warning => "WRN",
            LogEventLevel.Error => "ERR",
            _ => "FTL",
        };

    // Serilog would put quotes around text.
    private static void Render(MessageTemplateToken token, LogEvent logEvent, StringWriter text)
    {
        var isText =
            token is PropertyToken property
            && logEvent.Properties.TryGetValue(property.PropertyName, out var value)
            && value is ScalarValue { Value: string };
        if (isText)
            text.Write(((ScalarValue)logEvent.Properties[((PropertyToken)token).PropertyName]).Value);
        else
            token.Render(logEvent.Properties, text);
    }
}
