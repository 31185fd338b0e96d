using System.Runtime.InteropServices;

namespace Graft.Kernels.Tests;

/// <summary>Floats for tests: all edge values, then bit patterns spread evenly over all of them.</summary>
internal static class FloatSample
{
    private static readonly float[] Edges =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 2f, 3f, -3f, 6f, float.Epsilon, -float.Epsilon, 1.17549435e-38f,
        -1.17549435e-38f,
        1.1754942e-38f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
        BitConverter.Int32BitsToSingle(0x7F800001), BitConverter.Int32BitsToSingle(-1), 0.625f, 0.93f, 3.92f, -14.6f,
        14.6f,
        88.72283f, 88.72284f, -87.33655f, -103.97208f, -103.97209f, -104f, 8192f, 8192.001f, 1e30f, -1e30f, 1.5707964f,
        3.1415927f, 8388608f, 8388607.5f, 16777216f, 2147483648f, -2147483648f, 65504f, 65520f, 65519.996f,
        6.1035156e-5f,
        5.9604645e-8f, 2.9802322e-8f, 2.9802326e-8f,
    ];

    public static float[] Make(int count)
    {
        float[] sample = new float[count];
        Edges.CopyTo(sample, 0);
        // An odd stride near 2^32 / count visits exponents and signs evenly.
        uint stride = (uint)(0x1_0000_0000L / (count - Edges.Length)) | 1;
        uint bits = 12345;
        for (int i = Edges.Length; i < count; i++, bits += stride) sample[i] = BitConverter.UInt32BitsToSingle(bits);
        return sample;
    }

    /// <summary>FNV-1a of the bits, every NaN counting as one.</summary>
    public static ulong Hash(ReadOnlySpan<float> values)
    {
        ulong hash = 14695981039346656037;
        foreach (float value in values)
        {
            uint bits = float.IsNaN(value) ? 0x7FC00000 : BitConverter.SingleToUInt32Bits(value);
            hash = (hash ^ bits) * 1099511628211;
        }
        return hash;
    }

    public static T[] Integers<T>(int count, int seed) where T : unmanaged
    {
        T[] values = new T[count];
        new Random(seed).NextBytes(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
