using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Operations of vectors and their conversions, at every width, against plain code.</summary>
public sealed class LanesTests
{
    [Fact]
    public void FloatOperationsAgreeWithOneLane()
    {
        float[] sample = FloatSample.Make(1024);
        Float<V128<float>>(sample);
        Float<V256<float>>(sample);
        Float<V512<float>>(sample);
    }

    [Fact]
    public void LanesAreReversedAndPicked()
    {
        Places<byte>();
        Places<short>();
        Places<float>();
        Places<int>();
        Places<double>();
        Places<ulong>();
    }

    private static void Places<T>() where T : unmanaged, IBinaryNumber<T>
    {
        T[] sample = FloatSample.Integers<T>(128, 7);
        Places<V128<T>, T>(sample);
        Places<V256<T>, T>(sample);
        Places<V512<T>, T>(sample);
        Places<Scalar<T>, T>(sample);
    }

    private static void Places<V, T>(T[] x)
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        V a = V.Load(ref x[0], 0), b = V.Load(ref x[0], (nuint)V.Count);
        T[] both = x[..(2 * V.Count)];
        Check(V.Reverse(a), [.. x[..V.Count].Reverse()]);
        Check(V.Even(a, b), [.. both.Where((_, i) => i % 2 == 0)]);
        Check(V.Odd(a, b), [.. both.Where((_, i) => i % 2 != 0)]);
        if (typeof(V) != typeof(V128<T>)) return;
        V128<T> p = V128<T>.Load(ref x[0], 0), q = V128<T>.Load(ref x[0], (nuint)V.Count);
        T[] zipped = [.. Enumerable.Range(0, both.Length).Select(i => both[(i / 2) + (i % 2 * V.Count)])];
        V128<T>.Store(Interleave.Low(p, q), ref both[0], 0);
        V128<T>.Store(Interleave.High(p, q), ref both[0], (nuint)V.Count);
        Bits.Equal<T>(zipped, both, "interleaved");

        static void Check(V lanes, T[] expected)
        {
            T[] actual = new T[V.Count];
            V.Store(lanes, ref actual[0], 0);
            Bits.Equal<T>(expected, actual, $"{V.Count} lanes of {typeof(T).Name}");
        }
    }

    private static void Float<V>(float[] x) where V : unmanaged, ISimd<V, float>
    {
        float[] y = [.. x.Reverse()], z = [.. x.Skip(x.Length / 3), .. x.Take(x.Length / 3)];
        foreach ((string name, Func<int, V> wide, Func<int, Scalar<float>> one) in Pairs<V>(x, y, z))
        {
            float[] expected = new float[x.Length], actual = new float[x.Length];
            for (int i = 0; i < x.Length; i++) expected[i] = one(i).Value;
            for (int i = 0; i < x.Length; i += V.Count) V.Store(wide(i), ref actual[0], (nuint)i);
            Bits.Equal<float>(expected, actual, $"{name} in {V.Count} lanes");
        }
    }

    private static IEnumerable<(
        string, Func<int, V>, Func<int, Scalar<float>>)> Pairs<V>(float[] x, float[] y, float[] z)
        where V : unmanaged, ISimd<V, float>
    {
        foreach (IOperation operation in Operations)
        {
            yield return (operation.GetType().Name,
                i => operation.Of(V.Load(ref x[0], (nuint)i), V.Load(ref y[0], (nuint)i), V.Load(ref z[0], (nuint)i)),
                i => operation.Of(new Scalar<float>(x[i]), new(y[i]), new(z[i])));
        }
    }

    private interface IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float>;
    }

    private static readonly IOperation[] Operations =
    [
        new Arithmetic(), new Extremes(), new Masks(), new Rounded(), new Fused(), new Estimated(), new Shifted(),
        new Tests(),
    ];

    private sealed class Arithmetic : IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float> => V.Sqrt(a) - (V.Abs(b) / -c * a) + b;
    }

    private sealed class Extremes : IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float> =>
            V.SubtractBits(V.AddBits(V.Min(a, b), V.ShiftLeft(V.Max(b, c), 3)), V.Max(V.Splat(-0f), V.Min(c,
                V.Splat(0f))));
    }

    private sealed class Masks : IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float> => V.Select(
            V.Less(a, b) ^ V.LessOrEqual(c, a), V.AndNot(V.Equal(a, a), V.Greater(b, c)), V.GreaterOrEqual(a,
                c) | ~(a & b));
    }

    private sealed class Rounded : IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float> =>
            V.Select(V.Less(b, V.Splat(0)), V.Floor(a), V.Ceiling(a)) + V.RoundEven(b) + V.Truncate(c)
                + Rounding.HalfAway(a);
    }

    private sealed class Fused : IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float> => V.MulAdd(a, b, c);
    }

    private sealed class Estimated : IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float> => V.MulAddEstimate(a, b, c);
    }

    private sealed class Shifted : IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float> =>
            V.ShiftRightArithmetic(a, 7) ^ V.ShiftRightLogical(b, 5) ^ V.ShiftLeft(c, 9);
    }

    private sealed class Tests : IOperation
    {
        public V Of<V>(V a, V b, V c) where V : unmanaged, ISimd<V, float> =>
            V.IsZero(a ^ a) && !V.IsZero(V.Splat(-0f)) ? a : b;
    }

    [Fact]
    public void MinimumAndMaximumGiveTheSecondOfTwoZerosAndNextToNaN()
    {
        Assert.Equal(int.MinValue, BitConverter.SingleToInt32Bits(V256<float>.Min(V256<float>.Splat(0f),
            V256<float>.Splat(-0f)).Lanes[0]));
        Assert.Equal(0, BitConverter.SingleToInt32Bits(V256<float>.Max(V256<float>.Splat(-0f),
            V256<float>.Splat(0f)).Lanes[0]));
        Assert.Equal(1f, V256<float>.Max(V256<float>.Splat(float.NaN), V256<float>.Splat(1f)).Lanes[0]);
        Assert.True(float.IsNaN(V256<float>.Max(V256<float>.Splat(1f), V256<float>.Splat(float.NaN)).Lanes[0]));
    }

    [Fact]
    public void ConversionsAgreeWithPlainCodeAtEveryWidth()
    {
        Conversions<LanesScalar, Scalar<float>, Scalar<int>>();
        Conversions<Lanes128, V128<float>, V128<int>>();
        Conversions<Lanes256, V256<float>, V256<int>>();
        Conversions<Lanes512, V512<float>, V512<int>>();
    }

    private static void Conversions<TLanes, F, I>()
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        Narrow<sbyte, TLanes, F, I>();
        Narrow<byte, TLanes, F, I>();
        Narrow<short, TLanes, F, I>();
        Narrow<ushort, TLanes, F, I>();
        Narrow<int, TLanes, F, I>();
        float[] floats = FloatSample.Make(1024);
        int[] whole = new int[1024];
        float[] back = new float[1024];
        for (int i = 0; i < floats.Length; i += I.Count)
        {
            I.Store(TLanes.ToInt(F.Load(ref floats[0], (nuint)i)), ref whole[0], (nuint)i);
            F.Store(TLanes.ToFloat(TLanes.BitsOf(F.Load(ref floats[0], (nuint)i))), ref back[0], (nuint)i);
        }
        for (int i = 0; i < floats.Length; i++)
        {
            Assert.Equal(Math.Abs(floats[i]) < 2147483648f ? (int)floats[i] : int.MinValue, whole[i]);
            Assert.Equal((float)BitConverter.SingleToInt32Bits(floats[i]), back[i]);
        }
    }

    private static void Narrow<T, TLanes, F, I>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        T[] narrow = FloatSample.Integers<T>(256, 7), stored = new T[257];
        int[] wide = new int[256], random = [.. FloatSample.Integers<int>(192, 8), .. Enumerable.Range(-300, 64)];
        for (int i = 0; i < 256; i += I.Count)
        {
            I.Store(TLanes.LoadWiden(ref narrow[0], (nuint)i), ref wide[0], (nuint)i);
            TLanes.StoreNarrow(I.Load(ref random[0], (nuint)i), ref stored[0], (nuint)i);
        }
        Assert.Equal(narrow.Select(int.CreateTruncating), wide);
        Assert.Equal(random.Select(T.CreateSaturating), stored[..256]);
        Assert.Equal(T.Zero, stored[256]);
    }

    [Fact]
    public void AdjacentProductsAgreeWithPlainCodeAtEveryWidth()
    {
        Adjacent<Lanes128, V128<int>, V128<short>>();
        Adjacent<Lanes256, V256<int>, V256<short>>();
        Adjacent<Lanes512, V512<int>, V512<short>>();
    }

    private static void Adjacent<TShort, I, S>()
        where TShort : unmanaged, IShortLanes<I, S>
        where I : unmanaged, ISimd<I, int>
        where S : unmanaged, ISimd<S, short>
    {
        short[] a = FloatSample.Integers<short>(S.Count * 8, 1), b = FloatSample.Integers<short>(S.Count * 8, 2);
        a.AsSpan(0, 2).Fill(short.MinValue);
        b.AsSpan(0, 2).Fill(short.MinValue);
        sbyte[] signed = FloatSample.Integers<sbyte>(S.Count, 3);
        byte[] unsigned = FloatSample.Integers<byte>(S.Count, 4);
        int[] result = new int[I.Count];
        short[] wide = new short[S.Count];
        for (int i = 0; i < a.Length; i += S.Count)
        {
            I.Store(TShort.MulAddAdjacent(S.Load(ref a[0], (nuint)i), S.Load(ref b[0], (nuint)i)), ref result[0], 0);
            for (int k = 0; k < I.Count; k++)
            {
                int at = i + (2 * k);
                Assert.Equal(unchecked((a[at] * b[at]) + (a[at + 1] * b[at + 1])), result[k]);
            }
        }
        S.Store(TShort.LoadWiden(ref signed[0], 0), ref wide[0], 0);
        Assert.Equal(signed.Select(value => (short)value), wide);
        S.Store(TShort.LoadWiden(ref unsigned[0], 0), ref wide[0], 0);
        Assert.Equal(unsigned.Select(value => (short)value), wide);
    }

    [Fact]
    public void HalvesConvertAsTheRuntimeDoes()
    {
        Half[] halves = [.. Enumerable.Range(0, 65536).Select(i => BitConverter.UInt16BitsToHalf((ushort)i))];
        float[] floats = new float[halves.Length];
        HalfConvert.ToFloat(halves, floats);
        Bits.Equal<float>(halves.Select(h => (float)h).ToArray(), floats, "half to float");
        float[] sample = FloatSample.Make(300_007);
        Half[] narrow = new Half[sample.Length];
        HalfConvert.ToHalf(sample, narrow);
        for (int i = 0; i < sample.Length; i++)
        {
            Half expected = (Half)sample[i];
            Assert.True(Half.IsNaN(expected) ? Half.IsNaN(narrow[i])
                : BitConverter.HalfToInt16Bits(expected) == BitConverter.HalfToInt16Bits(narrow[i]),
                    $"{sample[i]:R} gave {narrow[i]}");
        }
    }
}
