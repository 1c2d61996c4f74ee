using System.Collections.Immutable;
using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Secrets;

/// <summary>One <c>NAME=value</c> of a secrets file.</summary>
/// <param name="Index">Its turn in the file: a value can refer to lines of a lower index.</param>
/// <param name="Name">The name.</param>
/// <param name="Mark">Where the name stands.</param>
/// <param name="Value">The value's parts, in order.</param>
internal sealed record SecretLine(int Index, string Name, Mark Mark, ImmutableArray<ValuePart> Value);

/// <summary>A part of a value.</summary>
internal abstract record ValuePart;

/// <summary>Text as it is.</summary>
internal sealed record LiteralPart(string Text) : ValuePart
{
    /// <summary>A part may be a secret: it is not printed.</summary>
    public override string ToString() => "[redacted]";
}

/// <summary><c>$NAME</c> or <c>${NAME}</c>.</summary>
internal sealed record VariablePart(string Name) : ValuePart;

/// <summary><c>$(command)</c>; the parts are text and variables.</summary>
internal sealed record CommandPart(ImmutableArray<ValuePart> Parts) : ValuePart;
