using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;

namespace Graft.Ops.Pointwise;

/// <summary>The conversions that have a loop over vectors of their own, to the results of those through a middle type.</summary>
internal static class CastLanes
{
    /// <summary>Null where there is none.</summary>
    public static IStep? For(in PrepareContext c) => (c.Type(0), c.Output(0).Type) switch
    {
        (DType.Float32, DType.Float16) => Flat.Of<ToHalf, float, Half>(c, default, Cost.Vector),
        (DType.Float16, DType.Float32) => Flat.Of<FromHalf, Half, float>(c, default, Cost.Vector),
        (DType.Float32, DType.Int8) => ToInteger<sbyte>(c),
        (DType.Float32, DType.UInt8) => ToInteger<byte>(c),
        (DType.Float32, DType.Int16) => ToInteger<short>(c),
        (DType.Float32, DType.UInt16) => ToInteger<ushort>(c),
        (DType.Float32, DType.Int32) => ToInteger<int>(c),
        (DType.Int32, DType.Float32) => Flat.Of<ToFloat<int>, int, float>(c, default, Cost.Vector),
        (DType.Int64, DType.Int32) => Flat.Of<LowHalves, long, int>(c, default, Cost.Vector),
        (DType.Float32, DType.Bool) => ToBoolean<float>(c),
        (DType.Float64, DType.Bool) => ToBoolean<double>(c),
        (DType.UInt8, DType.Bool) => ToBoolean<byte>(c),
        (DType.Int8, DType.Bool) => ToBoolean<sbyte>(c),
        (DType.Int16, DType.Bool) => ToBoolean<short>(c),
        (DType.Int32, DType.Bool) => ToBoolean<int>(c),
        (DType.Int64, DType.Bool) => ToBoolean<long>(c),
        (DType.Bool or DType.UInt8, _) => FromNarrow<byte>(c),
        (DType.Int8, _) => FromNarrow<sbyte>(c),
        (DType.Int16, _) => FromNarrow<short>(c),
        (DType.UInt16, _) => FromNarrow<ushort>(c),
        _ => null,
    };

    private static IStep ToInteger<T>(in PrepareContext c) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        Flat.Of<Integers<T>, float, T>(c, default, Cost.Vector);

    private static IStep ToBoolean<T>(in PrepareContext c) where T : unmanaged, IBinaryNumber<T> => Flat.Of<Truth<T>, T, byte>(c, default, Cost.Vector);

    private static IStep? FromNarrow<T>(in PrepareContext c) where T : unmanaged, IBinaryInteger<T> => c.Output(0).Type switch
    {
        DType.Float32 => Flat.Of<ToFloat<T>, T, float>(c, default, Cost.Vector),
        DType.Int32 => Flat.Of<Widening<T>, T, int>(c, default, Cost.Vector),
        _ => null,
    };

    private readonly struct ToHalf : IFlatKernel<float, Half>
    {
        public void Run(ReadOnlySpan<float> input, Span<Half> output) => HalfConvert.ToHalf(input, output);
    }

    private readonly struct FromHalf : IFlatKernel<Half, float>
    {
        public void Run(ReadOnlySpan<Half> input, Span<float> output) => HalfConvert.ToFloat(input, output);
    }

    private readonly struct ToFloat<T> : IFlatKernel<T, float> where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(ReadOnlySpan<T> input, Span<float> output) => LaneCasts.ToFloats(input, output);
    }

    private readonly struct Integers<T> : IFlatKernel<float, T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<float> input, Span<T> output) => LaneCasts.ToIntegers(input, output);
    }

    private readonly struct Widening<T> : IFlatKernel<T, int> where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(ReadOnlySpan<T> input, Span<int> output) => LaneCasts.Widen(input, output);
    }

    private readonly struct LowHalves : IFlatKernel<long, int>
    {
        public void Run(ReadOnlySpan<long> input, Span<int> output)
        {
            Lengths.MustMatch(input.Length, output.Length);
            StridedRuns.EverySecond(ref MemoryMarshal.GetReference(MemoryMarshal.Cast<long, int>(input)), ref MemoryMarshal.GetReference(output), output.Length);
        }
    }

    private readonly struct Truth<T> : IFlatKernel<T, byte> where T : unmanaged, IBinaryNumber<T>
    {
        public void Run(ReadOnlySpan<T> input, Span<byte> output)
        {
            Lengths.MustMatch(input.Length, output.Length);
            CompareZip.Apply<IsNotEqual, T>(new BroadcastShape([input.Length], [1]), input, [T.Zero], output);
        }
    }
}
