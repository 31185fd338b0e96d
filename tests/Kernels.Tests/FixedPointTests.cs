using Graft.Kernels.Quant;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

public sealed class FixedPointTests
{
    private static readonly int[] Edges =
    [
        0, 1, -1, 2, -2, 3, -3, 63, 64, 65, -64, -65, 1 << 30, (1 << 30) - 1, -(1 << 30), int.MaxValue, int.MinValue,
        int.MaxValue - 1, int.MinValue + 1, 0x7FFF_0000, 0x7FFE_FFFF, 1 << 15, -(1 << 15),
    ];

    private static int[] Sample(int seed) => [.. Edges, .. FloatSample.Integers<int>(4000, seed)];

    [Theory]
    [InlineData(0.0, 0, 0)]
    [InlineData(1.0, 1 << 30, 1)]
    [InlineData(0.5, 1 << 30, 0)]
    [InlineData(-0.5, -(1 << 30), 0)]
    [InlineData(0.75, 3 << 29, 0)]
    [InlineData(4.0, 1 << 30, 3)]
    [InlineData(2.3283064365386963e-10, 1 << 30, -31)]
    [InlineData(1.1641532182693481e-10, 0, 0)]
    [InlineData(0.99999999999, 1 << 30, 1)]
    [InlineData(double.NaN, 0, 0)]
    [InlineData(double.PositiveInfinity, 0, 0)]
    public void SplitsFactors(double factor, int mantissa, int shift) =>
        Assert.Equal(new QuantizedMultiplier(mantissa, shift), FixedPoint.Quantize(factor));

    [Fact]
    public void SplitFactorsAreWithinHalfAStep()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            double factor = Math.ScaleB(0.5 + (random.NextDouble() / 2), random.Next(-30, 31));
            QuantizedMultiplier split = FixedPoint.Quantize(factor);
            Assert.InRange(split.Mantissa, 1 << 30, int.MaxValue);
            Assert.InRange(Math.Abs(Math.ScaleB(split.Mantissa, split.Shift - 31) - factor) / factor, 0,
                Math.ScaleB(1, -31));
        }
    }

    [Fact]
    public void ScalarFormsAgreeWithExactArithmetic()
    {
        int[] a = Sample(1), b = Sample(2);
        for (int i = 0; i < a.Length; i++)
        {
            int other = i < Edges.Length ? a[(i * 7) % Edges.Length] : b[i];
            Assert.Equal(ReferenceFixedPoint.HighMul(a[i], other), FixedPoint.HighMul(a[i], other));
            int mantissa = (other | (1 << 30)) & int.MaxValue;
            for (int shift = -31; shift <= 31; shift++)
            {
                Assert.Equal(ReferenceFixedPoint.DivideByPot(a[i], Math.Abs(shift)), FixedPoint.DivideByPot(a[i],
                    Math.Abs(shift)));
                var factor = new QuantizedMultiplier(mantissa, shift);
                int expected = ReferenceFixedPoint.Multiply(a[i], mantissa, shift);
                Assert.Equal(expected, FixedPoint.Multiply(a[i], factor));
                if (shift <= 0) Assert.Equal(expected, FixedPoint.MultiplySmallerThanOne(a[i], factor));
                if (shift >= 0) Assert.Equal(expected, FixedPoint.MultiplyGreaterThanOne(a[i], factor));
            }
        }
    }

    [Fact]
    public void ReducedFormAgreesWithExactArithmetic()
    {
        var random = new Random(5);
        foreach (int mantissa in Sample(4).Where(value => value >= 0))
        {
            long x = random.NextInt64(-(1L << 47), 1L << 47);
            for (int shift = -31; shift < 8; shift++)
            {
                Assert.Equal(
                    ReferenceFixedPoint.MultiplyReduced(x, mantissa, shift),
                    FixedPoint.MultiplyReduced(x, new(mantissa, shift)));
            }
        }
    }

    [Fact]
    public void EveryWidthAgreesWithTheScalarForms()
    {
        AtWidth<LanesScalar, Scalar<float>, Scalar<int>, Scalar<long>>();
        AtWidth<Lanes128, V128<float>, V128<int>, V128<long>>();
        AtWidth<Lanes256, V256<float>, V256<int>, V256<long>>();
        AtWidth<Lanes512, V512<float>, V512<int>, V512<long>>();
    }

    private static void AtWidth<TLanes, F, I, L>()
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where L : unmanaged, ISimd<L, long>
    {
        int[] a = Sample(1), b = Sample(2), result = new int[I.Count];
        long[] wide = new long[L.Count], wideIn = new long[L.Count];
        for (int i = 0; i + I.Count <= a.Length; i += I.Count)
        {
            I x = I.Load(ref a[i], 0), y = I.Load(ref b[i], 0);
            I.Store(TLanes.MulHighRounded(x, y), ref result[0], 0);
            for (int k = 0; k < I.Count; k++) Assert.Equal(FixedPoint.HighMul(a[i + k], b[i + k]), result[k]);
            var factor = new QuantizedMultiplier(b[i] & int.MaxValue, (i / I.Count % 63) - 31);
            I.Store(FixedPointLanes<TLanes, F, I>.Multiply(x, factor), ref result[0], 0);
            for (int k = 0; k < I.Count; k++) Assert.Equal(FixedPoint.Multiply(a[i + k], factor), result[k]);
            PerLane<TLanes, F, I>(a.AsSpan(i, I.Count), b.AsSpan(i, I.Count));
            if (factor.Shift >= 8) continue;
            for (int k = 0; k < L.Count; k++) wideIn[k] = (long)a[i] * b[i] >> 16;
            L.Store(ReducedLanes<L>.Multiply(L.Load(ref wideIn[0], 0), factor), ref wide[0], 0);
            Assert.All(wide, value => Assert.Equal(FixedPoint.MultiplyReduced(wideIn[0], factor), (int)value));
        }
        I.Store(TLanes.MulHighRounded(I.Splat(int.MinValue), I.Splat(int.MinValue)), ref result[0], 0);
        Assert.All(result, value => Assert.Equal(int.MaxValue, value));
    }

    private static void PerLane<TLanes, F, I>(Span<int> x, Span<int> random)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        var factors = new QuantizedMultiplier[I.Count];
        int[] mantissas =
            new int[I.Count], left = new int[I.Count], right = new int[I.Count], result = new int[I.Count];
        for (int k = 0; k < I.Count; k++)
        {
            factors[k] = new(random[k] & int.MaxValue, (int)((uint)random[k] % 63) - 31);
            (mantissas[k], left[k], right[k]) = (factors[k].Mantissa, factors[k].LeftShift, factors[k].RightShift);
        }
        I product = FixedPointLanes<TLanes, F, I>.Multiply(
            I.Load(ref x[0], 0), I.Load(ref mantissas[0], 0), I.Load(ref left[0], 0), I.Load(ref right[0], 0));
        I.Store(product, ref result[0], 0);
        for (int k = 0; k < I.Count; k++) Assert.Equal(FixedPoint.Multiply(x[k], factors[k]), result[k]);
    }

    [Fact]
    public void FixedExponentialReciprocalAndLogarithmAreNearTheRealOnes()
    {
        for (int i = 0; i < 4000; i++)
        {
            double x = -i / 128.0;
            double exp = FixedExp.Exp((int)Math.Round(x * (1 << 26))) / 2147483648.0;
            Assert.InRange(exp, Math.Exp(x) - 1e-6, Math.Exp(x) + 1e-6);
            double y = i / 4000.0;
            double reciprocal = FixedExp.ReciprocalOfOnePlus((int)(y * int.MaxValue)) / 2147483648.0;
            Assert.InRange(reciprocal, (1 / (1 + y)) - 1e-8, (1 / (1 + y)) + 1e-8);
            double z = 1 + i;
            double log = FixedLog.Log((int)(z * (1 << 19))) / (double)(1 << 26);
            Assert.InRange(log, Math.Log(z) - 1e-5, Math.Log(z) + 1e-5);
        }
    }
}
