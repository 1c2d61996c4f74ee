using System.Reflection;
using System.Text;

namespace Nuke.Common.Parameters;

/// <summary>A member with <see cref="ParameterAttribute" />: what it is called and what it takes.</summary>
internal sealed class ParameterMember
{
    private static readonly string[] KnownWords = ["NuGet", "GitHub", "GitLab", "DotNet", "MSBuild"];

    private ParameterMember(MemberInfo member, ParameterAttribute attribute)
    {
        Member = member;
        Attribute = attribute;
        Type = member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
        var prefix = member.DeclaringType!.GetCustomAttribute<ParameterPrefixAttribute>(inherit: false)?.Prefix;
        Name = prefix + (attribute.Name ?? member.Name);
    }

    public MemberInfo Member { get; }

    public ParameterAttribute Attribute { get; }

    public Type Type { get; }

    /// <summary>The parameter's name, prefix included: <c>ThingName</c>.</summary>
    public string Name { get; }

    /// <summary>The name as it is typed: <c>thing-name</c>.</summary>
    public string DashedName => Dashed(Name);

    /// <summary>The member as messages name it: <c>Build.ApiKey</c>.</summary>
    public string DisplayName => $"{Member.DeclaringType!.Name}.{Member.Name}";

    public bool IsSecret => Member.IsDefined(typeof(SecretAttribute));

    public bool IsRequired => Member.IsDefined(typeof(RequiredAttribute));

    public bool IsInherited => Member.DeclaringType == typeof(NukeBuild);

    /// <summary>The type of one value: of an array its elements', without <c>Nullable</c>.</summary>
    public Type ScalarType
    {
        get
        {
            var element = Type.IsArray ? Type.GetElementType()! : Type;
            return Nullable.GetUnderlyingType(element) ?? element;
        }
    }

    public static ParameterMember? Of(MemberInfo member) =>
        member.GetCustomAttribute<ParameterAttribute>() is { } attribute
            ? new ParameterMember(member, attribute)
            : null;

    /// <summary>All parameters of a build: of its classes, then of its interfaces, sorted by name.</summary>
    public static IReadOnlyList<ParameterMember> AllOf(Type buildType) =>
        [
            .. MembersOf(buildType)
                .Where(member => member.IsDefined(typeof(ParameterAttribute)))
                .Select(member => Of(member)!)
                .DistinctBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase)
                .OrderBy(parameter => parameter.Name, StringComparer.Ordinal),
        ];

    public object? Read(object build) =>
        Member is FieldInfo field ? field.GetValue(build) : ((PropertyInfo)Member).GetValue(build);

    private static IEnumerable<MemberInfo> MembersOf(Type buildType)
    {
        const BindingFlags Declared =
            BindingFlags.DeclaredOnly
            | BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.Public
            | BindingFlags.NonPublic;

        for (var type = buildType; type != typeof(object); type = type!.BaseType)
        {
            foreach (var property in type!.GetProperties(Declared))
                yield return property;
            foreach (var field in type.GetFields(Declared))
                yield return field;
        }

        foreach (var property in buildType.GetInterfaces().SelectMany(x => x.GetProperties(Declared)))
            yield return property;
    }

    private static string Dashed(string name)
    {
        var result = new StringBuilder();
        for (var index = 0; index < name.Length; index++)
        {
            var word = KnownWords.FirstOrDefault(x => string.CompareOrdinal(name, index, x, 0, x.Length) == 0);
            var starts = word != null || (char.IsUpper(name[index]) && index > 0 && char.IsLower(name[index - 1]));
            if (starts && index > 0)
                result.Append('-');

            result.Append(word ?? name[index].ToString());
            index += (word?.Length ?? 1) - 1;
        }

        return result.ToString().ToLowerInvariant();
    }
}
