using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Gocatest.Frontend.Pages;

/// <summary>Markup. Whatever is put into a template without being markup itself is escaped.</summary>
internal readonly record struct Html(string Markup)
{
    public static readonly Html Empty = new("");

    public static Html Of(Template template) => new(template.ToString());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(p => p.Markup)));

    public override string ToString() => Markup;

    /// <summary>Receives an interpolated string's parts. Put values between double quotes in attributes.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Template(int literalLength, int formattedCount)
    {
        private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

        private readonly StringBuilder text = new(literalLength + (formattedCount * 32));

        public void AppendLiteral(string markup) => text.Append(markup);

        public void AppendFormatted(Html markup) => text.Append(markup.Markup);

        public void AppendFormatted(string? value) => text.Append(Encoder.Encode(value ?? ""));

        public void AppendFormatted(long value) => text.Append(value.ToString(CultureInfo.InvariantCulture));

        public override string ToString() => text.ToString();
    }
}
