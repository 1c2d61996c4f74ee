using System.Buffers.Binary;
using System.Text;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>Reads the data types of the SSH protocol (RFC 4251, section 5).</summary>
internal sealed class WireReader(ReadOnlyMemory<byte> data)
{
    private ReadOnlyMemory<byte> rest = data;

    /// <summary>How many bytes are left.</summary>
    public int Left => rest.Length;

    /// <exception cref="InvalidDataException">The data ends too early.</exception>
    public byte ReadByte() => Take(1).Span[0];

    /// <exception cref="InvalidDataException">The data ends too early.</exception>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)).Span);

    /// <summary>A length and as many bytes.</summary>
    /// <exception cref="InvalidDataException">The data ends too early.</exception>
    public byte[] ReadBytes() => Take(ReadUInt32()).ToArray();

    /// <summary>A length and as many bytes of UTF-8.</summary>
    /// <exception cref="InvalidDataException">The data ends too early.</exception>
    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    private ReadOnlyMemory<byte> Take(uint count)
    {
        if (count > rest.Length)
        {
            throw new InvalidDataException($"{count} bytes were announced, {rest.Length} are there.");
        }

        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }
}
