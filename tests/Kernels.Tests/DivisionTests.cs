using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Tests;

public sealed class DivisionTests
{
    [Fact]
    public void QuotientsOfIntegersAreThoseOfSingleElements()
    {
        Narrow<sbyte>();
        Narrow<byte>();
        Narrow<short>();
        Narrow<ushort>();
        Word<int>();
        Word<uint>();
    }

    private static (T[] A, T[] B) Pairs<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] near = [.. Enumerable.Range(-3, 7).Select(T.CreateTruncating)];
        T[] values = [T.MinValue, T.MinValue + T.One, T.MaxValue, T.MaxValue - T.One, T.MaxValue / (T.One + T.One), .. near, .. FloatSample.Integers<T>(90, 3)];
        var pairs = values.SelectMany(a => values.SelectMany(b => ((T, T)[])[(a, b), (T.CreateTruncating(long.CreateTruncating(a) * long.CreateTruncating(b)), b)]));
        (T A, T B)[] kept = [.. pairs.Where(p => p.Item2 != T.Zero)];
        return ([.. kept.Select(p => p.A)], [.. kept.Select(p => p.B)]);
    }

    private static void Narrow<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Narrow<NarrowQuotient<RoundDown, T>, FloorQuotient<T>, T>();
        Narrow<NarrowQuotient<CutToZero, T>, CutQuotient<T>, T>();
        Narrow<NarrowRemainder<RoundDown>, FloorRemainder<T>, T>();
        Narrow<NarrowRemainder<CutToZero>, CutRemainder<T>, T>();
    }

    private static void Narrow<TFn, TPlain, T>()
        where TFn : struct, IWideBinaryFn
        where TPlain : struct, IScalarFn<T, T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var (a, b) = Pairs<T>();
        T[] expected = [.. a.Zip(b, default(TPlain).Apply)], output = new T[a.Length];
        Width<LanesScalar, Scalar<float>, Scalar<int>>();
        Width<Lanes128, V128<float>, V128<int>>();
        Width<Lanes256, V256<float>, V256<int>>();
        Width<Lanes512, V512<float>, V512<int>>();

        void Width<L, F, I>()
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            WideMap.ZipRun<TFn, T, T, T, L, F, I>(default, new BroadcastShape([a.Length], [b.Length]), a, b, output);
            Bits.Equal<T>(expected, output, $"{typeof(TFn).Name} of {typeof(T).Name} in {I.Count} lanes");
        }
    }

    private static void Word<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Word<WordQuotient<RoundDown, T>, FloorQuotient<T>, T>();
        Word<WordQuotient<CutToZero, T>, CutQuotient<T>, T>();
        Word<WordRemainder<RoundDown, T>, FloorRemainder<T>, T>();
        Word<WordRemainder<CutToZero, T>, CutRemainder<T>, T>();
    }

    private static void Word<TFn, TPlain, T>()
        where TFn : struct, IBinaryFn<T>
        where TPlain : struct, IScalarFn<T, T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var (a, b) = Pairs<T>();
        T[] expected = [.. a.Zip(b, default(TPlain).Apply)], output = new T[a.Length];
        Width<Scalar<T>>();
        Width<V128<T>>();
        Width<V256<T>>();
        Width<V512<T>>();

        void Width<V>() where V : unmanaged, ISimd<V, T>
        {
            Zip.Run<Zip.Stateless<TFn, T>, T, V>(default, new BroadcastShape([a.Length], [a.Length]), a, b, output);
            Bits.Equal<T>(expected, output, $"{typeof(TFn).Name} of {typeof(T).Name} in {V.Count} lanes");
        }
    }
}
