using System.Globalization;

namespace Lotse.Proxy.Contract;

/// <summary>Writes flags as <c>--name=value</c>, so that no value can be taken for a flag.</summary>
internal sealed class ArgumentWriter
{
    public List<string> Arguments { get; } = [];

    public void Text(string name, string value) => Arguments.Add($"--{name}={value}");

    public void Each(string name, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            Text(name, value);
        }
    }

    public void Switch(string name, bool value, bool unless)
    {
        if (value != unless)
        {
            Text(name, value ? "true" : "false");
        }
    }

    public void Number(string name, long value)
    {
        if (value != 0)
        {
            Text(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public void Duration(string name, TimeSpan value) => Text(name, Durations.Format(value));
}
