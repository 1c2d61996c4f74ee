namespace Lotse.Proxy.Commands;

/// <summary>Rows as text in columns, each as wide as its widest cell.</summary>
internal static class Table
{
    private const string Gap = "  ";

    public static string Of(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(r => r[column].Length)).ToArray();
        return string.Join('\n', rows.Select(row => Line(row, widths)));
    }

    private static string Line(string[] row, int[] widths) =>
        string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
}
