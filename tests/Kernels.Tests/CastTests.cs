using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Conversions through double lanes and of 64-bit integers, at every width.</summary>
public sealed class CastTests
{
    private static readonly double[] s_real =
        [.. FloatSample.Make(777).Select(x => (double)x), 255.9, -0.9, 4294967295.5, -2147483648.9, 2147483647.9, 1e300, -1e300, 1 + 1e-12, 16777217, 0.1];

    private static readonly long[] s_whole =
        [long.MinValue, long.MaxValue, 0, -1, 1, (1L << 53) + 1, -(1L << 53) - 1, (1L << 52) - 1, -(1L << 52), 0xFFFFFFFF, 0x100000001, (1L << 60) + (1L << 36) + 1, 16777217,
            .. FloatSample.Integers<long>(300, 1), .. FloatSample.Integers<int>(300, 2).Select(x => (long)x)];

    private static int Run<TBody>(TBody body, int length, int width) where TBody : struct, IDoubleBody, allows ref struct => (int)(width switch
    {
        1 => LaneLoop.RunDoubles<TBody, DoublesScalar, Scalar<float>, Scalar<int>, Scalar<double>>(body, 0, length),
        128 => LaneLoop.RunDoubles<TBody, Doubles128, V128<float>, V128<int>, V128<double>>(body, 0, length),
        256 => LaneLoop.RunDoubles<TBody, Doubles256, V256<float>, V256<int>, V256<double>>(body, 0, length),
        _ => LaneLoop.RunDoubles<TBody, Doubles512, V512<float>, V512<int>, V512<double>>(body, 0, length),
    });

    private static void Same<T>(T[] expected, Action<T[]> whole, Func<T[], int, int> atWidth) where T : unmanaged
    {
        T[] output = new T[expected.Length];
        whole(output);
        Bits.Equal<T>(expected, output, "whole");
        foreach (int width in (int[])[1, 128, 256, 512])
        {
            Array.Clear(output);
            int done = atWidth(output, width);
            Bits.Equal<T>(expected.AsSpan(0, done), output.AsSpan(0, done), $"{width} bits");
        }
    }

    [Fact]
    public void DoublesBecomeFloatsAndWords()
    {
        double[] real = [.. s_real.Where(x => !double.IsNaN(x))];
        Same(real.Select(x => (float)x).ToArray(), o => DoubleCasts.ToFloats(real, o), (o, w) => Run(new DoubleCasts.Floats(real, o), o.Length, w));
        Words<sbyte>();
        Words<byte>();
        Words<short>();
        Words<ushort>();
        Words<int>();
        Words<uint>();
    }

    private static void Words<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] narrow = new T[s_real.Length];
        Casts.Write(s_real, narrow);
        Same(narrow.Select(int.CreateTruncating).ToArray(), o => DoubleCasts.ToWords<T>(s_real, o), (o, w) => Run(new DoubleCasts.Words<T>(s_real, o), o.Length, w));
    }

    [Fact]
    public void FloatsAndWordsBecomeDoubles()
    {
        float[] real = [.. s_real.Where(x => !double.IsNaN(x)).Select(x => (float)x)];
        Same(real.Select(x => (double)x).ToArray(), o => DoubleCasts.FromFloats(real, o), (o, w) => Run(new DoubleCasts.OfFloats(real, o), o.Length, w));
        int[] words = [int.MinValue, int.MaxValue, -1, 0, .. FloatSample.Integers<int>(301, 3)];
        uint[] unsigned = [.. words.Select(x => (uint)x)];
        Same(words.Select(x => (double)x).ToArray(), o => DoubleCasts.FromWords<int>(words, o), (o, w) => Run(new DoubleCasts.OfWords<int>(words, o), o.Length, w));
        Same(unsigned.Select(x => (double)x).ToArray(), o => DoubleCasts.FromWords<uint>(unsigned, o), (o, w) => Run(new DoubleCasts.OfWords<uint>(words, o), o.Length, w));
        Same(unsigned.Select(x => (float)x).ToArray(), o => DoubleCasts.ToFloats(unsigned, o), (o, w) => Run(new DoubleCasts.WordFloats(words, o), o.Length, w));
        Same(words.Select(x => (long)x).ToArray(), o => DoubleCasts.ToLongs<int>(words, o), (o, w) => Run(new DoubleCasts.Longs<int>(words, o), o.Length, w));
        Same(unsigned.Select(x => (long)x).ToArray(), o => DoubleCasts.ToLongs<uint>(unsigned, o), (o, w) => Run(new DoubleCasts.Longs<uint>(words, o), o.Length, w));
    }

    [Fact]
    public void LongsAreRoundedOnce()
    {
        int[] words = MemoryMarshal.Cast<long, int>(s_whole).ToArray();
        Same(s_whole.Select(x => (double)x).ToArray(), o => LongCasts.ToDoubles(s_whole, o), (o, w) => Run(new LongCasts.Doubles(words, o), o.Length, w));
        Same(s_whole.Select(x => (float)x).ToArray(), o => LongCasts.ToFloats(s_whole, o), (o, w) => Run(new LongCasts.Floats(s_whole, o), o.Length, w));
    }

    [Fact]
    public void WordsLoseTheirUpperBits()
    {
        LowBits<sbyte>();
        LowBits<byte>();
        LowBits<short>();
        LowBits<ushort>();
    }

    private static void LowBits<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int[] words = [int.MinValue, int.MaxValue, -1, 0, 127, 128, 255, 256, -128, -129, .. FloatSample.Integers<int>(301, 3)];
        T[] expected = [.. words.Select(T.CreateTruncating)], output = new T[words.Length];
        LaneCasts.Narrow(words, output);
        Assert.Equal(expected, output);
        Width<Lanes128, V128<float>, V128<int>>();
        Width<Lanes256, V256<float>, V256<int>>();
        Width<Lanes512, V512<float>, V512<int>>();

        void Width<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            int length = words.Length / I.Count * I.Count;
            for (int i = 0; i < length; i += I.Count) new LaneCasts.LowBits<T>(words, output).At<L, F, I>((nuint)i);
            Assert.Equal(expected[..length], output[..length]);
        }
    }
}
