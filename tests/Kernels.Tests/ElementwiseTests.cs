using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Reference;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

public sealed class ElementwiseTests
{
    public static TheoryData<int[], int[]> Shapes => new()
    {
        { [], [] }, { [7], [7] }, { [35], [1] }, { [1], [33] }, { [2, 3, 5], [2, 3, 5] }, { [2, 3, 5], [5] },
        { [2, 3, 5], [3, 1] }, { [3, 1], [2, 3, 5] }, { [4, 1, 6], [1, 5, 1] }, { [1, 1, 1], [2, 3] }, { [2, 1, 3, 1,
        2], [1, 4, 3, 5, 1] },
        { [2, 1, 2, 1, 2, 1, 2, 17], [1, 2, 2, 2, 1, 2, 2, 1] }, { [0, 3], [1, 3] }, { [3, 0], [1] }, { [1, 1, 2, 1,
        1, 1, 1, 1, 3], [2, 1, 1, 1, 1, 1, 3] }, { [8, 64], [64] }, { [64, 1], [64, 40] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void BinaryLoopsBroadcastLikeTheNaiveOnes(int[] shapeA, int[] shapeB)
    {
        float[] a =
            FloatSample.Make(2000)[..Product(shapeA)], b = [.. FloatSample.Make(4000).Skip(60).Take(Product(shapeB))];
        Check(new Zip.Stateless<AddFn<float>, float>(), (x, y) => x + y, a, shapeA, b, shapeB);
        Check(new Zip.Stateless<DivFn<float>, float>(), (x, y) => x / y, a, shapeA, b, shapeB);
        Check(new Zip.Stateless<MaximumFn<float>, float>(), (x, y) => x > y ? x : y, a, shapeA, b, shapeB);
        Check(new Zip.Stateless<PreluFn, float>(), (x, y) => x >= 0 ? x : x * y, a, shapeA, b, shapeB);
        Check(new ClampedFn<SubFn<float>, float>(-1, 6), (x, y) => Clamped(x - y, -1, 6), a, shapeA, b, shapeB);
        int[] whole = FloatSample.Integers<int>(a.Length, 1), other = FloatSample.Integers<int>(b.Length, 2);
        Check(new Zip.Stateless<MulFn<int>, int>(), (x, y) => unchecked(x * y), whole, shapeA, other, shapeB);
        sbyte[] small = FloatSample.Integers<sbyte>(a.Length, 3), small2 = FloatSample.Integers<sbyte>(b.Length, 4);
        Check(new Zip.Stateless<MinimumFn<sbyte>, sbyte>(), Math.Min, small, shapeA, small2, shapeB);
        byte[] less = new byte[BroadcastShape.ResultShape(shapeA, shapeB).Aggregate(1, (x, y) => x * y)];
        Scalars.Zip<Compare.Less<float>, float, byte>(default, new BroadcastShape(shapeA, shapeB), a, b, less);
        Assert.Equal(ReferenceElementwise.Binary<float, byte>(a, shapeA, b, shapeB, (x, y) =>
            x < y ? (byte)1 : (byte)0), less);
        byte[] choice = [.. small.Select(value => (byte)(value & 1))];
        var selection = new BroadcastShape(shapeA, shapeA, shapeB);
        float[] chosen = new float[selection.Count];
        Move.Choose.Run<float>(selection, choice, a, b, chosen);
        Bits.Equal<float>(ReferenceElementwise.Select<float>(choice, shapeA, a, shapeA, b, shapeB), chosen,
            "selection");
        sbyte[] chosenBytes = new sbyte[selection.Count];
        Move.Choose.Run<sbyte>(selection, choice, small, small2, chosenBytes);
        Bits.Equal<sbyte>(ReferenceElementwise.Select<sbyte>(choice, shapeA, small, shapeA, small2, shapeB), chosenBytes, "selection of bytes");
    }

    private static void Check<TFn, T>(TFn fn, Func<T, T, T> plain, T[] a, int[] shapeA, T[] b, int[] shapeB)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        T[] expected = ReferenceElementwise.Binary<T, T>(a, shapeA, b, shapeB, plain);
        var shape = new BroadcastShape(shapeA, shapeB);
        Assert.Equal(expected.Length, shape.Count);
        T[][] outputs = [.. Enumerable.Range(0, 5).Select(_ => new T[expected.Length])];
        Zip.Apply(fn, shape, a, b, outputs[0]);
        Zip.Run<TFn, T, Scalar<T>>(fn, shape, a, b, outputs[1]);
        Zip.Run<TFn, T, V128<T>>(fn, shape, a, b, outputs[2]);
        Zip.Run<TFn, T, V256<T>>(fn, shape, a, b, outputs[3]);
        Zip.Run<TFn, T, V512<T>>(fn, shape, a, b, outputs[4]);
        Assert.All(outputs, output => Bits.Equal<T>(expected, output, typeof(TFn).Name));
    }

    [Fact]
    public void UnaryFunctionsAgreeWithPlainCodeAtEveryWidth()
    {
        float[] x = FloatSample.Make(3001);
        Unary(new Map.Stateless<AbsFn<float>, float>(), MathF.Abs, x);
        Unary(new Map.Stateless<NegFn<float>, float>(), v => -v, x);
        Unary(new Map.Stateless<SquareFn<float>, float>(), v => v * v, x);
        Unary(new Map.Stateless<FloorFn<float>, float>(), MathF.Floor, x);
        Unary(new Map.Stateless<CeilFn<float>, float>(), MathF.Ceiling, x);
        Unary(new Map.Stateless<RoundFn<float>, float>(), v => v == 0 ? v : MathF.Round(v, MidpointRounding.ToEven) + 0f, x);
        Unary(new Map.Stateless<SignFn<float>, float>(), v => float.IsNaN(v) ? v : v > 0 ? 1 : v < 0 ? -1 : 0, x);
        Unary(new LeakyReluFn(0.2f), v => v > 0 ? v : v * 0.2f, x);
        Unary(new Clamp<float>(0, 6), v => Clamped(v, 0, 6), x);
        Unary(new Clamp<float>(float.MinValue, float.MaxValue), v => Clamped(v, float.MinValue, float.MaxValue), x);
        int[] whole = [int.MinValue, int.MaxValue, 0, .. FloatSample.Integers<int>(700, 1)];
        Unary(new Map.Stateless<AbsFn<int>, int>(), v => v < 0 ? unchecked(-v) : v, whole);
        Unary(new Map.Stateless<NegFn<int>, int>(), v => unchecked(-v), whole);
        Unary(new Map.Stateless<SignFn<int>, int>(), Math.Sign, whole);
    }

    private static void Unary<TFn, T>(TFn fn, Func<T, T> plain, T[] input)
        where TFn : struct, IUnaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        T[] expected = ReferenceElementwise.Unary<T, T>(input, plain);
        T[][] outputs = [new T[input.Length], new T[input.Length], new T[input.Length], new T[input.Length]];
        Map.Run<TFn, T, Scalar<T>>(fn, input, outputs[0]);
        Map.Run<TFn, T, V128<T>>(fn, input, outputs[1]);
        Map.Run<TFn, T, V256<T>>(fn, input, outputs[2]);
        Map.Run<TFn, T, V512<T>>(fn, input, outputs[3]);
        Assert.All(outputs, output => Bits.Equal<T>(expected, output, typeof(TFn).Name));
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        Assert.Throws<ArgumentException>(() => Map.Apply<AbsFn<float>, float>(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => new BroadcastShape([2, 3], [2]));
        int[] odd = [.. Enumerable.Range(0, BroadcastShape.RankMax + 1).Select(d => 1 + d % 2)];
        Assert.Throws<ArgumentException>(() => new BroadcastShape(odd, [.. odd.Select(d => 3 - d)]));
        Assert.Throws<ArgumentException>(() =>
            Zip.Apply<AddFn<float>, float>(new BroadcastShape([4], [4]), new float[4], new float[4], new float[3]));
        Assert.ThrowsAny<ArgumentException>(() =>
            Zip.Apply<AddFn<float>, float>(new BroadcastShape([4], [4]), new float[3], new float[4], new float[4]));
    }

    [Fact]
    public void PowersAreTheNearestFloatsAndSpecialOnesAreExact()
    {
        float[] edges = FloatSample.Make(400), others = [.. edges, .. Enumerable.Range(-40, 81).Select(i => i / 4f)];
        Nearest<Maths.PowFn>([.. edges.SelectMany(x => others.Select(_ => x))], [.. edges.SelectMany(_ => others)], Math.Pow, 1000);
    }

    [Fact]
    public void AnglesAreTheNearestFloatsAndSpecialOnesAreExact()
    {
        float[] values = [.. FloatSample.Make(400), .. Enumerable.Range(-40, 81).Select(i => i / 4f)];
        float[] a = [.. values.SelectMany(x => values.Select(_ => x))], b = [.. values.SelectMany(_ => values)];
        Nearest<Maths.Atan2Fn>(a, b, Math.Atan2, 100_000);
        // Quotients on both sides of where the reduction changes, and of 1.
        float[] ratios = [.. Enumerable.Range(1, 100_003).Select(i => i / 50_000f)];
        Nearest<Maths.Atan2Fn>(ratios, [.. ratios.Select((_, i) => i % 2 == 0 ? 1f : -1f)], Math.Atan2, 50_000);
    }

    /// <summary>At most one in so many results is the float next to the nearest one.</summary>
    private static void Nearest<TFn>(float[] a, float[] b, Func<double, double, double> exact, int oneIn) where TFn : struct, Maths.IDoubleFn
    {
        float[] output = new float[a.Length], wide = new float[a.Length];
        var shape = new BroadcastShape([a.Length], [a.Length]);
        Zip.Run<Zip.Stateless<Maths.ThroughDoubles<TFn>, float>, float, Scalar<float>>(default, shape, a, b, output);
        int apart = 0;
        for (int i = 0; i < a.Length; i++)
        {
            float expected = (float)exact(a[i], b[i]);
            bool isNear = float.IsFinite(expected) && Math.Abs(BitConverter.SingleToInt32Bits(expected) - (long)BitConverter.SingleToInt32Bits(output[i])) == 1;
            if (isNear) apart++;
            else Bits.Equal<float>([expected], [output[i]], $"{typeof(TFn).Name} of {a[i]:R} and {b[i]:R}");
        }
        Assert.InRange(apart, 0, a.Length / oneIn);
        Same<V128<float>>();
        Same<V256<float>>();
        Same<V512<float>>();

        void Same<V>() where V : unmanaged, ISimd<V, float>
        {
            Zip.Run<Zip.Stateless<Maths.ThroughDoubles<TFn>, float>, float, V>(default, shape, a, b, wide);
            Bits.Equal<float>(output, wide, $"{typeof(TFn).Name} in {V.Count} lanes");
        }
    }

    [Theory]
    [InlineData(2f)]
    [InlineData(0.5f)]
    [InlineData(-1.5f)]
    public void PowersOfOneExponentAreThoseOfMany(float exponent)
    {
        float[] a = FloatSample.Make(9999), output = new float[a.Length], expected = [.. a.Select(x => (float)Math.Pow(x, exponent))];
        Maths.Pow.Apply(new BroadcastShape([a.Length], [1]), a, [exponent], output);
        Bits.Equal<float>(expected, output, $"^{exponent}");
    }

    [Fact]
    public void QuotientsOfFloatsAreRoundedDownInDoubles()
    {
        float[] a = FloatSample.Make(999), b = [.. a.Reverse()], output = new float[a.Length];
        Zip.Apply<Maths.ThroughDoubles<FloorQuotientOfFloats>, float>(a, b, output);
        Bits.Equal<float>(a.Zip(b, (x, y) => (float)Math.Floor((double)x / y)).ToArray(), output, "quotients");
    }

    [Fact]
    public void RemaindersOfFloatsAreExact()
    {
        float[] edges = FloatSample.Make(500), whole = [.. Enumerable.Range(-9, 19).Select(i => (float)i), 16777215, 3e8f, 1e-3f, -0.1f, 0.1f];
        edges = [.. edges, .. whole];
        float[] a = [.. edges.SelectMany(x => edges.Select(_ => x))], b = [.. edges.SelectMany(_ => edges)];
        Remainders<Maths.CutRemainderFn, CutRemainderOfFloats<float>>(a, b);
        Remainders<Maths.FloorRemainderFn, FloorRemainder<float>>(a, b);
    }

    private static void Remainders<TFn, TOneByOne>(float[] a, float[] b)
        where TFn : struct, Maths.IDoubleFn
        where TOneByOne : struct, IScalarFn<float, float>
    {
        float[] expected = [.. a.Zip(b, default(TOneByOne).Apply)], output = new float[a.Length];
        Width<Scalar<float>>();
        Width<V128<float>>();
        Width<V256<float>>();
        Width<V512<float>>();

        void Width<V>() where V : unmanaged, ISimd<V, float>
        {
            Zip.Run<Zip.Stateless<Maths.ThroughDoubles<TFn>, float>, float, V>(default, new BroadcastShape([a.Length], [a.Length]), a, b, output);
            Bits.Equal<float>(expected, output, $"{typeof(TFn).Name} in {V.Count} lanes");
        }
    }

    [Fact]
    public void ShiftsTakeTheCountOfEachLane()
    {
        Shifts<sbyte>();
        Shifts<byte>();
        Shifts<short>();
        Shifts<ushort>();
        Shifts<int>();
        Shifts<uint>();
        Shifts<long>();
        Shifts<ulong>();
    }

    private static void Shifts<T>() where T : unmanaged, IBinaryInteger<T>
    {
        T[] a = FloatSample.Integers<T>(70, 1), counts = [.. FloatSample.Integers<sbyte>(70, 2).Select(T.CreateTruncating)];
        int bits = int.CreateTruncating(T.PopCount(T.AllBitsSet));
        T[] right = [.. a.Zip(counts, (x, n) => x >> Math.Clamp(int.CreateSaturating(n), 0, bits - 1))];
        T[] left = [.. a.Zip(counts, (x, n) => T.CreateTruncating(int.CreateTruncating(x) << int.CreateTruncating(n)))];
        Width<Scalar<T>>();
        Width<V128<T>>();
        Width<V256<T>>();
        Width<V512<T>>();

        void Width<V>() where V : unmanaged, ISimd<V, T>
        {
            T[] output = new T[a.Length];
            var shape = new BroadcastShape([a.Length], [a.Length]);
            Zip.Run<Zip.Stateless<ShiftRightFn<T>, T>, T, V>(default, shape, a, counts, output);
            Bits.Equal<T>(right, output, $"right in {V.Count} lanes");
            if (bits > 32) return;
            Zip.Run<Zip.Stateless<ShiftLeftFn<T>, T>, T, V>(default, shape, a, counts, output);
            Bits.Equal<T>(left, output, $"left in {V.Count} lanes");
        }
    }

    [Fact]
    public void WholePowersWrap()
    {
        int[] a = FloatSample.Integers<int>(70, 1), b = [.. FloatSample.Integers<byte>(70, 2).Select(e => e % 40)], powers = new int[70];
        int[] expected = [.. a.Zip(b, (x, e) => Enumerable.Repeat(x, e).Aggregate(1, (product, factor) => unchecked(product * factor)))];
        var shape = new BroadcastShape([70], [70]);
        Maths.Pow.Apply(shape, a, b, powers);
        Assert.Equal(expected, powers);
        Zip.Run<Zip.Stateless<Maths.IntegerPowFn, int>, int, V128<int>>(default, shape, a, b, powers);
        Assert.Equal(expected, powers);
        Zip.Run<Zip.Stateless<Maths.IntegerPowFn, int>, int, V512<int>>(default, shape, a, b, powers);
        Assert.Equal(expected, powers);
        Zip.Run<Zip.Stateless<Maths.IntegerPowFn, int>, int, Scalar<int>>(default, shape, a, b, powers);
        Assert.Equal(expected, powers);
    }

    [Fact]
    public void ComparisonsNarrowTheirMasks()
    {
        Comparisons(FloatSample.Make(500));
        Comparisons([.. FloatSample.Make(500).Select(x => (double)x)]);
        Comparisons([.. FloatSample.Integers<byte>(500, 1).Select(x => (byte)(x % 5))]);
        Comparisons([.. FloatSample.Integers<sbyte>(500, 1).Select(x => (short)(x * 200))]);
        Comparisons(FloatSample.Integers<uint>(500, 1));
        Comparisons(FloatSample.Integers<long>(500, 1));
    }

    private static void Comparisons<T>(T[] x) where T : unmanaged, IBinaryNumber<T>
    {
        Comparison<IsEqual, T>(x);
        Comparison<IsNotEqual, T>(x);
        Comparison<IsLess, T>(x);
        Comparison<IsLessOrEqual, T>(x);
        Comparison<IsGreater, T>(x);
        Comparison<IsGreaterOrEqual, T>(x);
    }

    private static void Comparison<TComparison, T>(T[] x)
        where TComparison : struct, IComparison
        where T : unmanaged, IBinaryNumber<T>
    {
        foreach (int length in (int[])[1, 2, 15, 16, 17, 31, 63, 64, 65, 150])
        {
            T[] a = x[..length], b = [.. x.Skip(1).Take(length).Select((v, i) => i % 3 == 0 ? a[i] : v)];
            byte[] output = new byte[3 * length];
            Check(new BroadcastShape([length], [length]), b, a.Zip(b, TComparison.Test));
            Check(new BroadcastShape([length], [1]), b[..1], a.Select(v => TComparison.Test(v, b[0])));
            T[] rows = x[..(3 * length)], column = x[7..10];
            CompareZip.Apply<TComparison, T>(new BroadcastShape([3, 1], [3, length]), column, rows, output);
            Assert.Equal(rows.Select((v, i) => (byte)(TComparison.Test(column[i / length], v) ? 1 : 0)), output);
            Width<V128<T>, V128<int>, V128<short>, V128<byte>>();
            Width<V256<T>, V256<int>, V256<short>, V256<byte>>();
            Width<V512<T>, V512<int>, V512<short>, V512<byte>>();

            void Check(BroadcastShape shape, T[] other, IEnumerable<bool> expected)
            {
                CompareZip.Apply<TComparison, T>(shape, a, other, output.AsSpan(0, length));
                Assert.Equal(expected.Select(e => (byte)(e ? 1 : 0)), output.Take(length));
            }

            void Width<V, I, H, B>()
                where V : unmanaged, ISimd<V, T>
                where I : unmanaged, ISimd<I, int>
                where H : unmanaged, ISimd<H, short>
                where B : unmanaged, ISimd<B, byte>
            {
                Array.Clear(output);
                int done = CompareZip.Lanes<TComparison, T, V, I, H, B>(a, b, 0, output.AsSpan(0, length));
                Assert.Equal(length / B.Count * B.Count, done);
                Assert.Equal(a.Zip(b, TComparison.Test).Take(done).Select(e => (byte)(e ? 1 : 0)), output.Take(done));
            }
        }
    }

    [Fact]
    public void ConversionsOnVectorsAreThoseThroughAMiddleType()
    {
        float[] real = FloatSample.Make(4099);
        ToIntegers<sbyte>(real);
        ToIntegers<byte>(real);
        ToIntegers<short>(real);
        ToIntegers<ushort>(real);
        ToIntegers<int>(real);
        FromIntegers<sbyte>();
        FromIntegers<byte>();
        FromIntegers<short>();
        FromIntegers<ushort>();
        FromIntegers<int>();
    }

    private static void ToIntegers<T>(float[] real) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] expected = new T[real.Length], output = new T[real.Length];
        Casts.Write<T>([.. real.Select(x => (double)x)], expected);
        LaneCasts.ToIntegers(real, output);
        Assert.Equal(expected, output);
        Width<Lanes128, V128<float>, V128<int>>();
        Width<Lanes256, V256<float>, V256<int>>();
        Width<Lanes512, V512<float>, V512<int>>();

        void Width<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            Array.Clear(output);
            int length = real.Length / I.Count * I.Count;
            for (int i = 0; i < length; i += I.Count) new LaneCasts.Integers<T>(real, output).At<L, F, I>((nuint)i);
            Assert.Equal(expected[..length], output[..length]);
        }
    }

    private static void FromIntegers<T>() where T : unmanaged, IBinaryInteger<T>
    {
        T[] input = FloatSample.Integers<T>(131, 5);
        float[] output = new float[input.Length];
        LaneCasts.ToFloats(input, output);
        Assert.Equal(input.Select(float.CreateTruncating), output);
        int[] wide = new int[input.Length];
        LaneCasts.Widen(input, wide);
        Assert.Equal(input.Select(int.CreateTruncating), wide);
    }

    private static float Clamped(float x, float low, float high)
    {
        float raised = x < low ? low : x;
        return high < raised ? high : raised;
    }

    private static int Product(int[] shape) => shape.Aggregate(1, (x, y) => x * y);
}
