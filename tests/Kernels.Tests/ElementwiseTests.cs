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
        float[] edges = FloatSample.Make(400), others = [.. Enumerable.Range(-40, 81).Select(i => i / 4f)];
        float[] a = [.. edges.SelectMany(x => edges.Concat(others).Select(_ => x))], b = [.. edges.SelectMany(_ => edges.Concat(others))];
        float[] output = new float[a.Length], wide = new float[a.Length];
        var shape = new BroadcastShape([a.Length], [a.Length]);
        Zip.Run<Zip.Stateless<Maths.PowFn, float>, float, Scalar<float>>(default, shape, a, b, output);
        int apart = 0;
        for (int i = 0; i < a.Length; i++)
        {
            float expected = (float)Math.Pow(a[i], b[i]);
            bool isNear = float.IsFinite(expected) && Math.Abs(BitConverter.SingleToInt32Bits(expected) - (long)BitConverter.SingleToInt32Bits(output[i])) == 1;
            if (isNear) apart++;
            else Bits.Equal<float>([expected], [output[i]], $"{a[i]:R}^{b[i]:R}");
        }
        Assert.InRange(apart, 0, a.Length / 1000);
        Same<V128<float>>();
        Same<V256<float>>();
        Same<V512<float>>();

        void Same<V>() where V : unmanaged, ISimd<V, float>
        {
            Zip.Run<Zip.Stateless<Maths.PowFn, float>, float, V>(default, shape, a, b, wide);
            Bits.Equal<float>(output, wide, $"powers in {V.Count} lanes");
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

    private static float Clamped(float x, float low, float high)
    {
        float raised = x < low ? low : x;
        return high < raised ? high : raised;
    }

    private static int Product(int[] shape) => shape.Aggregate(1, (x, y) => x * y);
}
