using System.Buffers;
using System.Buffers.Binary;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>Writes the data types of the SSH protocol (RFC 4251, section 5).</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> written = new();

    public WireWriter Byte(byte value)
    {
        written.Write([value]);
        return this;
    }

    public WireWriter UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        written.Write(bytes);
        return this;
    }

    /// <summary>A length and the bytes.</summary>
    public WireWriter Bytes(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        written.Write(value);
        return this;
    }

    public byte[] ToArray() => written.WrittenSpan.ToArray();
}
