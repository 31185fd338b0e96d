using Graft.Adapters;

namespace Graft.Tests;

/// <summary>Reads adapter files that may be broken, and holds the readers to what they may do with them.</summary>
internal static class HostileAdapter
{
    // Numbers of eight bits become floats, and are turned and copied on the way; messages and lists come on top.
    private const long BytesEach = 64, BytesFixed = 1 << 20;

    private static readonly uint[] s_numbers = [0, 1, 2, 7, 31, 33, 255, 65536, 1 << 24, int.MaxValue, 0x8000_0000, uint.MaxValue];

    /// <summary>The message of the refusal, or null when the bytes were read. Anything but a refusal, or too much memory, fails the test.</summary>
    public static string? Try(byte[] bytes, string what, int headSize = 0)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Record.Exception(() => AdapterFile.Read(bytes, headSize));
        Assert.True(error is null or AdapterException, $"{what}: {error}");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < bytes.Length * BytesEach + BytesFixed, $"{what}: {bytes.Length} bytes made {allocated}");
        return error?.Message;
    }

    /// <summary>Every shorter file is refused.</summary>
    /// <param name="valid">A valid file.</param>
    /// <param name="end">The length from which on nothing is missing but padding.</param>
    public static void Truncate(byte[] valid, int end)
    {
        Assert.Null(Try(valid, "whole"));
        for (int length = 0; length < end; length++) Assert.True(Try(valid[..length], $"length {length}") is not null, $"{length} of {valid.Length} bytes are read");
    }

    /// <summary>Files with some bytes changed are read or refused.</summary>
    public static void Mutate(byte[] valid, int count)
    {
        for (int seed = 0; seed < count; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = (byte[])valid.Clone();
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(bytes.Length - 4);
                switch (random.Next(4))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1: bytes[at] = (byte)random.Next(256); break;
                    case 2: BitConverter.TryWriteBytes(bytes.AsSpan(at & ~3), s_numbers[random.Next(s_numbers.Length)]); break;
                    default: bytes.AsSpan(random.Next(bytes.Length - 4), 4).CopyTo(bytes.AsSpan(at & ~3)); break;
                }
            }
            Try(bytes, $"seed {seed}");
        }
    }
}
