using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Graft.Kernels;

namespace Graft.Properties;

/// <summary>Which numbers a tensor may hold.</summary>
/// <param name="Low">The least.</param>
/// <param name="High">The greatest.</param>
/// <param name="Step">Floats are multiples of it; 0 for any.</param>
/// <param name="Special">Now and then infinities, NaN, denormals, signed zeros and the largest numbers.</param>
internal readonly record struct Domain(double Low, double High, double Step = 0, bool Special = false)
{
    /// <summary>What the type holds: all integers; floats of every kind.</summary>
    public static Domain Anything => new(-8, 8, 0, Special: true);

    public static Domain Real => new(-8, 8);

    /// <summary>Multiples of 1/8, whose sums are exact in any order.</summary>
    public static Domain Dyadic => new(-4, 4, 0.125);

    /// <summary>Numbers of one sign, whose sums do not cancel.</summary>
    public static Domain Positive => new(0.25, 4);

    public static Domain Whole(long low, long high) => new(low, high, 1);

    /// <summary>Numbers for sums: no rounding at all, or none that cancellation makes large.</summary>
    public static Domain Summed(Draw draw) => draw.Bool() ? Positive : Dyadic;
}

/// <summary>Makes the elements of a tensor.</summary>
internal static class Values
{
    private static readonly float[] s_special =
        [0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-40f, -1e-40f, 3e38f, -3e38f, 1, -1, 0.5f, 1.5f, 2.5f, 1e-20f, 1e20f];

    /// <param name="type">Element type, of fixed size.</param>
    /// <param name="count">How many.</param>
    /// <param name="domain">Which numbers; integers that need no bounds take all that the type has.</param>
    /// <param name="seed">0 gives a pattern that reads well.</param>
    /// <param name="bounded">Whether integers keep to the domain.</param>
    public static byte[] Make(DType type, long count, Domain domain, int seed, bool bounded)
    {
        byte[] bytes = new byte[type.ByteCount(count)];
        var random = new Random(seed);
        bool plain = seed == 0;
        if (type.IsPacked() || (!bounded && !type.IsFloat() && type is not (DType.Bool or DType.Complex64 or DType.Complex128)))
        {
            if (plain) for (int i = 0; i < bytes.Length; i++) bytes[i] = i % Math.Max(1, type.Bits() / 8) == 0 ? (byte)(1 + (i % 5)) : (byte)0;
            else random.NextBytes(bytes);
            return bytes;
        }
        int width = type.Bits() / 8 / (type is DType.Complex64 or DType.Complex128 ? 2 : 1);
        for (int i = 0; i < bytes.Length / width; i++) Write(type, bytes.AsSpan(i * width, width), Number(domain, random, plain, i));
        return bytes;
    }

    private static double Number(Domain domain, Random random, bool plain, int i)
    {
        double span = domain.High - domain.Low;
        if (!plain && domain.Special && random.Next(12) == 0) return s_special[random.Next(s_special.Length)];
        if (domain.Step == 0) return plain ? Math.Clamp(1 + (i % 7), domain.Low, domain.High) : domain.Low + (random.NextDouble() * span);
        long steps = (long)Math.Floor(span / domain.Step);
        return domain.Low + (domain.Step * (plain ? i % (steps + 1) : random.NextInt64(steps + 1)));
    }

    private static void Write(DType type, Span<byte> to, double value)
    {
        switch (type)
        {
            case DType.Float32 or DType.Complex64: MemoryMarshal.Write(to, (float)value); break;
            case DType.Float64 or DType.Complex128: MemoryMarshal.Write(to, value); break;
            case DType.Float16: MemoryMarshal.Write(to, (Half)value); break;
            case DType.BFloat16: MemoryMarshal.Write(to, (ushort)(BitConverter.SingleToUInt32Bits((float)value) >> 16)); break;
            case DType.Bool: to[0] = (byte)((long)value & 1); break;
            case DType.Float8E4M3FN or DType.Float8E5M2: to[0] = (byte)(((long)(value * 8)) & 0x7B); break;
            default: Integer(to, (long)value); break;
        }
    }

    private static void Integer(Span<byte> to, long value)
    {
        Span<byte> wide = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(wide, value);
        wide[..to.Length].CopyTo(to);
    }
}
