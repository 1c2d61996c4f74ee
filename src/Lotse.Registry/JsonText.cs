using System.Buffers;
using System.Text.Json;

namespace Lotse.Registry;

/// <summary>Writes JSON into bytes.</summary>
internal static class JsonText
{
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.WrittenMemory;
    }
}
