using System.Linq.Expressions;
using System.Reflection;

namespace Nuke.Common.Parameters;

/// <summary>Puts values into a build's members, and reads those of interfaces when they are first asked for.</summary>
internal sealed class ValueInjection(ParameterSource source)
{
    private readonly Dictionary<MemberInfo, object?> lazyValues = [];

    /// <summary>Sets every field and every property with storage for which a value was given.</summary>
    public void Inject(object build, IEnumerable<ParameterMember> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (StorageOf(parameter.Member) is { } storage && source.Read(parameter) is { } value)
                storage(build, value);
        }
    }

    /// <summary>The value of the parameter that an expression names, read once.</summary>
    /// <exception cref="ArgumentException">The expression does not name a member with <c>[Parameter]</c>.</exception>
    public T? Read<T>(LambdaExpression expression)
    {
        var member = MemberOf(expression);
        lock (lazyValues)
        {
            if (!lazyValues.TryGetValue(member, out var value))
                lazyValues[member] = value = source.Read(ParameterMember.Of(member) ?? throw NoParameter(expression));

            return (T?)value;
        }
    }

    /// <summary>The member that an expression such as <c>() =&gt; Name</c> names.</summary>
    public static MemberInfo MemberOf(LambdaExpression expression)
    {
        var body = expression.Body;
        while (body is UnaryExpression { NodeType: ExpressionType.Convert } conversion)
            body = conversion.Operand;

        return body is MemberExpression { Member: var member } ? member : throw NoParameter(expression);
    }

    private static ArgumentException NoParameter(LambdaExpression expression) =>
        new($"'{expression.Body}' names no field or property that fits here");

    private static Action<object, object>? StorageOf(MemberInfo member)
    {
        const BindingFlags Storage =
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

        if (member.DeclaringType!.IsInterface)
            return null;
        if (member is PropertyInfo { CanWrite: true } property)
            return property.SetValue;

        var field = member as FieldInfo ?? member.DeclaringType.GetField($"<{member.Name}>k__BackingField", Storage);
        return field == null ? null : field.SetValue;
    }
}
