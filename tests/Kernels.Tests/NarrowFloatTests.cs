using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

/// <summary>Functions and comparisons of floats of 16 bits, and of quantised values.</summary>
public sealed class NarrowFloatTests
{
    private static readonly ushort[] s_edges =
        [0, 0x8000, 1, 0x8001, 0x3C00, 0xBC00, 0x7BFF, 0x7C00, 0xFC00, 0x7C01, 0xFE00, 0x7F7F, 0x7F80, 0xFF80, 0x7F81, 0xFFC0, 0x3F80, 0xBF80, 0x4049];

    private static T[] Sample<T>(int count) where T : unmanaged =>
        MemoryMarshal.Cast<ushort, T>(((ushort[])[.. s_edges, .. FloatSample.Integers<ushort>(count - s_edges.Length, 4)]).AsSpan()).ToArray();

    [Fact]
    public void BFloat16IsTheUpperHalfRoundedToEven()
    {
        BFloat16[] all = [.. Enumerable.Range(0, 65536).Select(i => new BFloat16((ushort)i))], narrow = new BFloat16[9999];
        float[] wide = new float[all.Length], sample = FloatSample.Make(narrow.Length);
        for (int i = 0; i < 99; i++) sample[60 + i] = BitConverter.Int32BitsToSingle(0x3F808000 + (i << 15));
        BFloat16Convert.ToFloat(all, wide);
        Bits.Equal<float>(all.Select(x => (float)x).ToArray(), wide, "widened");
        BFloat16Convert.ToBFloat16(sample, narrow);
        Bits.Equal<BFloat16>(sample.Select(x => (BFloat16)x).ToArray(), narrow, "narrowed");
        Width<Lanes128, V128<float>, V128<int>>();
        Width<Lanes256, V256<float>, V256<int>>();
        Width<Lanes512, V512<float>, V512<int>>();

        void Width<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            var again = new ushort[sample.Length / I.Count * I.Count];
            for (int i = 0; i < again.Length; i += I.Count) new BFloat16Convert.Narrow(sample, again).At<L, F, I>((nuint)i);
            Bits.Equal<ushort>(narrow.Take(again.Length).Select(x => x.Bits).ToArray(), again, $"narrowed in {I.Count} lanes");
        }
    }

    [Theory]
    [MemberData(nameof(ElementwiseTests.Shapes), MemberType = typeof(ElementwiseTests))]
    public void FunctionsOfTwoRoundOnce(int[] shapeA, int[] shapeB)
    {
        Check<HalfFormat, Half>(shapeA, shapeB);
        Check<BFloat16Format, BFloat16>(shapeA, shapeB);
    }

    [Fact]
    public void LongRunsGoBlockByBlock()
    {
        Check<HalfFormat, Half>([777], [777]);
        Check<BFloat16Format, BFloat16>([2, 1], [2, 300]);
        Check<HalfFormat, Half>([2, 300], [1]);
    }

    private static void Check<TFormat, T>(int[] shapeA, int[] shapeB) where TFormat : struct, IFloatFormat<T> where T : unmanaged
    {
        T[] a = Sample<T>(3000)[..Product(shapeA)], b = [.. Sample<T>(3000).Skip(7).Take(Product(shapeB))];
        T[] expected = ReferenceElementwise.Binary<T, T>(a, shapeA, b, shapeB, (x, y) => TFormat.Narrow(TFormat.Widen(x) - TFormat.Widen(y)));
        T[] output = new T[expected.Length];
        NarrowFloat.Zip<Zip.Stateless<SubFn<float>, float>, TFormat, T>(default, new BroadcastShape(shapeA, shapeB), a, b, output);
        for (int i = 0; i < output.Length; i++)
        {
            bool isNaN = float.IsNaN(TFormat.Widen(expected[i]));
            if (isNaN) Assert.True(float.IsNaN(TFormat.Widen(output[i])));
            else Bits.Equal<T>([expected[i]], [output[i]], $"element {i}");
        }
    }

    private static int Product(int[] shape) => shape.Aggregate(1, (x, y) => x * y);

    [Fact]
    public void ComparisonsAreThoseOfTheWidenedValues()
    {
        Comparisons<IsEqual>();
        Comparisons<IsNotEqual>();
        Comparisons<IsLess>();
        Comparisons<IsLessOrEqual>();
        Comparisons<IsGreater>();
        Comparisons<IsGreaterOrEqual>();
    }

    private static void Comparisons<TComparison>() where TComparison : struct, IComparison
    {
        Comparison<TComparison, HalfFormat, Half>();
        Comparison<TComparison, BFloat16Format, BFloat16>();
        Quantized<TComparison, sbyte>();
        Quantized<TComparison, byte>();
    }

    private static void Comparison<TComparison, TFormat, T>()
        where TComparison : struct, IComparison
        where TFormat : struct, IFloatFormat<T>, IHalfFormat
        where T : unmanaged
    {
        T[] values = Sample<T>(41), a = [.. values.SelectMany(x => values.Select(_ => x))], b = [.. values.SelectMany(_ => values)];
        byte[] expected = [.. a.Zip(b, default(NarrowComparisonFn<TComparison, TFormat, T>).Apply)], output = new byte[a.Length];
        short[] x = MemoryMarshal.Cast<T, short>(a).ToArray(), y = MemoryMarshal.Cast<T, short>(b).ToArray();
        CompareZip.Apply<HalfComparison<TComparison, TFormat>, short>(new BroadcastShape([a.Length], [a.Length]), x, y, output);
        Assert.Equal(expected, output);
        Width<V128<short>, V128<int>, V128<byte>>();
        Width<V256<short>, V256<int>, V256<byte>>();
        Width<V512<short>, V512<int>, V512<byte>>();

        void Width<H, I, B>()
            where H : unmanaged, ISimd<H, short>
            where I : unmanaged, ISimd<I, int>
            where B : unmanaged, ISimd<B, byte>
        {
            int done = CompareZip.Lanes<HalfComparison<TComparison, TFormat>, short, H, I, H, B>(x, y, 0, output);
            Assert.Equal(expected.Take(done), output.Take(done));
        }
    }

    private static void Quantized<TComparison, T>()
        where TComparison : struct, IComparison
        where T : unmanaged, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T>
    {
        T[] a = FloatSample.Integers<T>(701, 1), b = FloatSample.Integers<T>(701, 2);
        var fn = new QuantizedComparisonFn<TComparison, T>(3, FixedPoint.Quantize(0.02), -1, FixedPoint.Quantize(0.04));
        byte[] expected = [.. a.Zip(b, fn.Apply)], output = new byte[a.Length];
        Width<LanesScalar, Scalar<float>, Scalar<int>>();
        Width<Lanes128, V128<float>, V128<int>>();
        Width<Lanes256, V256<float>, V256<int>>();
        Width<Lanes512, V512<float>, V512<int>>();

        void Width<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            WideMap.ZipRun<QuantizedComparisonFn<TComparison, T>, T, T, byte, L, F, I>(fn, new BroadcastShape([a.Length], [b.Length]), a, b, output);
            Assert.Equal(expected, output);
        }
    }
}
