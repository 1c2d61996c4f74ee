using System.Globalization;
using System.Text;

namespace Lotse.Testing.Load.Wire;

/// <summary>Status line and headers.</summary>
internal sealed record AnswerHead(int Status, IReadOnlyDictionary<string, string> Headers)
{
    public string? this[string name] => Headers.TryGetValue(name, out var value) ? value : null;

    public bool IsInterim => Status < 200;

    public bool IsChunked => string.Equals(this["Transfer-Encoding"], "chunked", StringComparison.OrdinalIgnoreCase);

    public int? ContentLength =>
        int.TryParse(this["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : null;

    public bool ClosesConnection => string.Equals(this["Connection"], "close", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A whole answer.</summary>
internal sealed record HttpAnswer(AnswerHead Head, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
