using System.Reflection;

namespace Nuke.Common.Execution;

/// <summary>Finds the properties of type <see cref="Target" /> of a build's classes and interfaces.</summary>
internal static class TargetProperties
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>
    /// One property for each target name: classes first, derived before base, then interfaces. Reading it calls the
    /// most specific implementation. Explicit implementations carry no name of their own.
    /// </summary>
    /// <exception cref="BuildException">Two interfaces declare different targets of one name.</exception>
    public static IEnumerable<PropertyInfo> AllOf(INukeBuild build)
    {
        var byName = new OrderedDictionary<string, PropertyInfo>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in ClassesOf(build).SelectMany(DeclaredBy))
            byName.TryAdd(property.Name, property);

        foreach (var property in build.GetType().GetInterfaces().SelectMany(DeclaredBy))
        {
            if (byName.TryAdd(property.Name, property))
                continue;

            var other = byName[property.Name];
            if (!Equals(property.GetValue(build), other.GetValue(build)))
                throw new BuildException(
                    $"Target '{property.Name}' is declared twice: by {Owner(other)} and {Owner(property)}"
                );
        }

        return byName.Values;
    }

    /// <summary>The targets that a type itself declares, in order.</summary>
    public static IEnumerable<PropertyInfo> DeclaredBy(Type type) =>
        type.GetProperties(Declared)
            .Where(x => x.PropertyType == typeof(Target) && !x.Name.Contains('.', StringComparison.Ordinal));

    /// <summary>What base classes define under the name of an overriding target, the nearest on top.</summary>
    public static Stack<Target> OverriddenBy(PropertyInfo property, INukeBuild build) =>
        new(
            ClassesOf(build)
                .SkipWhile(type => type != property.DeclaringType)
                .Skip(1)
                .Select(type => type.GetProperty(property.Name, Declared))
                .Where(x => x?.PropertyType == typeof(Target) && !x.GetMethod!.IsAbstract)
                .Select(x => ReadDeclared(x!, build))
                .Reverse()
        );

    /// <summary>The value that a property's own getter gives, not that of an override.</summary>
    public static Target ReadDeclared(PropertyInfo property, INukeBuild build)
    {
        var getter = property.GetMethod!;
        if (getter.IsAbstract)
            throw new BuildException($"Target '{property.Name}' of '{Owner(property)}' has nothing to inherit");

        var pointer = getter.MethodHandle.GetFunctionPointer();
        return ((Func<Target>)Activator.CreateInstance(typeof(Func<Target>), build, pointer)!)();
    }

    private static string Owner(PropertyInfo property) => property.DeclaringType!.Name;

    private static IEnumerable<Type> ClassesOf(INukeBuild build)
    {
        for (var type = build.GetType(); type != typeof(NukeBuild) && type != null; type = type.BaseType)
            yield return type;
    }
}
