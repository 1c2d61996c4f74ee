using System.Globalization;
using Nuke.Common.IO;

namespace Nuke.Common.Parameters;

/// <summary>Turns the text of a parameter into its type.</summary>
internal static class ValueConverter
{
    /// <summary>Converts all values of one parameter.</summary>
    /// <param name="values">The values; none is an empty array, or <paramref name="bare" /> for a truth value.</param>
    /// <param name="type">The parameter's type.</param>
    /// <param name="bare">What a truth value without a value means.</param>
    /// <param name="directory">The directory that relative paths start from.</param>
    /// <returns>The converted value, or null where none was given.</returns>
    /// <exception cref="FormatException">The text does not fit the type.</exception>
    public static object? Convert(string[] values, Type type, bool bare, AbsolutePath directory)
    {
        if (type.IsArray)
            return ConvertArray(values, type.GetElementType()!, directory);

        var scalar = Nullable.GetUnderlyingType(type) ?? type;
        return values.Length switch
        {
            0 => scalar == typeof(bool) ? bare : null,
            1 => ConvertOne(values[0], scalar, directory),
            _ => throw new FormatException($"[ {string.Join(", ", values)} ] is more than one {scalar.Name}"),
        };
    }

    private static Array ConvertArray(string[] values, Type element, AbsolutePath directory)
    {
        var array = Array.CreateInstance(element, values.Length);
        for (var index = 0; index < values.Length; index++)
            array.SetValue(ConvertOne(values[index], element, directory), index);

        return array;
    }

    private static object ConvertOne(string value, Type type, AbsolutePath directory)
    {
        if (type == typeof(string))
            return value;
        if (type == typeof(AbsolutePath))
            return (AbsolutePath)Path.Combine(directory, value);

        try
        {
            return ConvertValueType(value, type);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
        {
            throw new FormatException($"'{value}' is not a {type.Name}", exception);
        }
    }

    private static object ConvertValueType(string value, Type type)
    {
        if (type.IsEnum)
            return Enum.Parse(type, value, ignoreCase: true);
        if (type == typeof(Guid))
            return Guid.Parse(value);
        if (type == typeof(TimeSpan))
            return TimeSpan.Parse(value, CultureInfo.InvariantCulture);
        if (type == typeof(Uri))
            return new Uri(value);
        if (type.IsPrimitive || type == typeof(decimal) || type == typeof(DateTime))
            return System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture);

        throw new FormatException($"No conversion from text to {type.Name}");
    }
}
