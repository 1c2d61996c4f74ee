using System.Buffers.Binary;
using System.Text;

namespace Lotse.Registry.Tests.Support;

/// <summary>
/// A Linux program for x86-64 that prints a text and ends: an ELF header, one segment, three instructions' worth of
/// work. So an image FROM scratch can be run without fetching anything.
/// </summary>
internal static class TinyProgram
{
    private const int HeaderSize = 64 + 56;
    private const long Base = 0x400000;

    public static byte[] Printing(string text)
    {
        var message = Encoding.ASCII.GetBytes(text);
        byte[] code =
        [
            .. new byte[] { 0xB8, 1, 0, 0, 0 }, // mov eax, 1 (write)
            .. new byte[] { 0xBF, 1, 0, 0, 0 }, // mov edi, 1 (stdout)
            .. new byte[] { 0x48, 0x8D, 0x35, 16, 0, 0, 0 }, // lea rsi, [rip + 16] (the text)
            .. new byte[] { 0xBA }, // mov edx, length
            .. BitConverter.GetBytes(message.Length),
            .. new byte[] { 0x0F, 0x05 }, // syscall
            .. new byte[] { 0xB8, 60, 0, 0, 0 }, // mov eax, 60 (exit)
            .. new byte[] { 0x31, 0xFF }, // xor edi, edi
            .. new byte[] { 0x0F, 0x05 }, // syscall
        ];
        return [.. Header(HeaderSize + code.Length + message.Length), .. code, .. message];
    }

    private static byte[] Header(int size)
    {
        var header = new byte[HeaderSize];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(header, 0);
        Write16(header, 16, 2); // executable
        Write16(header, 18, 62); // x86-64
        Write16(header, 20, 1);
        Write64(header, 24, Base + HeaderSize); // entry
        Write64(header, 32, 64); // program headers
        Write16(header, 52, 64);
        Write16(header, 54, 56);
        Write16(header, 56, 1);
        Write16(header, 64, 1); // load
        Write16(header, 68, 5); // read and execute
        Write64(header, 80, Base);
        Write64(header, 88, Base);
        Write64(header, 96, size);
        Write64(header, 104, size);
        Write64(header, 112, 0x1000);
        return header;
    }

    private static void Write16(byte[] target, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(target.AsSpan(offset), value);

    private static void Write64(byte[] target, int offset, long value) =>
        BinaryPrimitives.WriteInt64LittleEndian(target.AsSpan(offset), value);
}
