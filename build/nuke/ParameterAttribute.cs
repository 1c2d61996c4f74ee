namespace Nuke.Common;

/// <summary>
/// Marks a field or property whose value comes from the command line, the environment or a parameter file.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ParameterAttribute : Attribute
{
    /// <summary>Creates the mark.</summary>
    /// <param name="description">What the parameter means, for <c>--help</c>; none by default.</param>
    public ParameterAttribute(string? description = null) => Description = description;

    /// <summary>What the parameter means, for <c>--help</c> and the schema.</summary>
    public string? Description { get; }

    /// <summary>The parameter's name; the member's name by default.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// One character that separates the values of an array; by default an array takes several arguments.
    /// </summary>
    public string? Separator { get; set; }

    /// <summary>Whether <c>--help</c> lists the parameter; true by default.</summary>
    public bool List { get; set; } = true;

    /// <summary>
    /// The name of a member of type <c>IEnumerable&lt;string&gt;</c> with the values the schema proposes.
    /// </summary>
    public string? ValueProviderMember { get; set; }
}

/// <summary>Marks a parameter that must not be stored in plain text.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>Marks a parameter that every run needs.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>Puts a prefix before the names of all parameters that an interface declares.</summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class ParameterPrefixAttribute : Attribute
{
    /// <summary>Creates the mark.</summary>
    /// <param name="prefix">The prefix, such as <c>Thing</c>, which makes <c>Name</c> into <c>--thing-name</c>.</param>
    public ParameterPrefixAttribute(string prefix) => Prefix = prefix;

    /// <summary>The prefix.</summary>
    public string Prefix { get; }
}
