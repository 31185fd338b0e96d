using System.Numerics;
using Graft.Kernels;
using Graft.Kernels.Elementwise;

namespace Graft.Ops.Pointwise;

/// <summary>
/// The conversions that go by vectors, some of them block by block through a second type, to the results of those through a middle type.
/// </summary>
internal static class CastLanes
{
    /// <summary>Null where there is none: of 8-bit and packed floats and integers, of complex numbers, and from floats to 64-bit integers.</summary>
    public static IStep? For(in PrepareContext c) => c.Output(0).Type == DType.Bool ? ToBooleans(c) : c.Type(0) switch
    {
        DType.Float32 => FromFloats<CastKernels.Same<float>, float>(c),
        DType.Float16 => FromFloats<CastKernels.Widen<HalfFormat, Half>, Half>(c),
        DType.BFloat16 => FromFloats<CastKernels.Widen<BFloat16Format, BFloat16>, BFloat16>(c),
        DType.Float64 => FromDoubles(c),
        DType.Bool or DType.UInt8 => FromNarrow<byte>(c),
        DType.Int8 => FromNarrow<sbyte>(c),
        DType.Int16 => FromNarrow<short>(c),
        DType.UInt16 => FromNarrow<ushort>(c),
        DType.Int32 => ToFloats<CastKernels.Floats<int>, int>(c) ?? FromWords<CastKernels.Same<int>, int>(c),
        DType.UInt32 => c.Output(0).Type switch
        {
            DType.Int64 => One<CastKernels.Longs<uint>, uint, long>(c),
            DType.Float64 => One<CastKernels.WordDoubles<uint>, uint, double>(c),
            _ => ToFloats<CastKernels.UnsignedFloats, uint>(c) ?? FromWords<CastKernels.SameBits, uint>(c),
        },
        DType.Int64 => c.Output(0).Type == DType.Float64
            ? One<CastKernels.LongDoubles, long, double>(c)
            : ToFloats<CastKernels.LongFloats, long>(c) ?? FromWords<CastKernels.LowHalves, long>(c),
        _ => null,
    };

    private static IStep One<TKernel, TIn, TOut>(in PrepareContext c)
        where TKernel : struct, IFlatKernel<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged => Flat.Of<TKernel, TIn, TOut>(c, default, Cost.Vector);

    private static IStep Two<TFirst, TSecond, TIn, TMiddle, TOut>(in PrepareContext c)
        where TFirst : struct, IFlatKernel<TIn, TMiddle>
        where TSecond : struct, IFlatKernel<TMiddle, TOut>
        where TIn : unmanaged
        where TMiddle : unmanaged
        where TOut : unmanaged => typeof(TFirst) == typeof(CastKernels.Same<TMiddle>)
            ? One<TSecond, TMiddle, TOut>(c)
            : Flat.Of<CastKernels.Chain<TFirst, TSecond, TIn, TMiddle, TOut>, TIn, TOut>(c, default, 2 * Cost.Vector);

    /// <summary>Of what is exact in float32.</summary>
    private static IStep? FromFloats<TFirst, TIn>(in PrepareContext c)
        where TFirst : struct, IFlatKernel<TIn, float>
        where TIn : unmanaged => c.Output(0).Type switch
        {
            DType.Int8 => Two<TFirst, CastKernels.Integers<sbyte>, TIn, float, sbyte>(c),
            DType.UInt8 => Two<TFirst, CastKernels.Integers<byte>, TIn, float, byte>(c),
            DType.Int16 => Two<TFirst, CastKernels.Integers<short>, TIn, float, short>(c),
            DType.UInt16 => Two<TFirst, CastKernels.Integers<ushort>, TIn, float, ushort>(c),
            DType.Int32 => Two<TFirst, CastKernels.Integers<int>, TIn, float, int>(c),
            DType.UInt32 => Two<CastKernels.Chain<TFirst, CastKernels.FloatDoubles, TIn, float, double>, CastKernels.Words<uint>, TIn, double, int>(c),
            DType.Float64 => Two<TFirst, CastKernels.FloatDoubles, TIn, float, double>(c),
            _ => ToFloats<TFirst, TIn>(c),
        };

    /// <summary>To floats of at most 32 bits: first to float32, as the reference does.</summary>
    private static IStep? ToFloats<TFirst, TIn>(in PrepareContext c)
        where TFirst : struct, IFlatKernel<TIn, float>
        where TIn : unmanaged => c.Output(0).Type switch
        {
            DType.Float32 => One<TFirst, TIn, float>(c),
            DType.Float16 => Two<TFirst, CastKernels.Narrow<HalfFormat, Half>, TIn, float, Half>(c),
            DType.BFloat16 => Two<TFirst, CastKernels.Narrow<BFloat16Format, BFloat16>, TIn, float, BFloat16>(c),
            _ => null,
        };

    private static IStep? FromDoubles(in PrepareContext c) => c.Output(0).Type switch
    {
        DType.Int8 => Two<CastKernels.Words<sbyte>, CastKernels.LowBits<sbyte>, double, int, sbyte>(c),
        DType.UInt8 => Two<CastKernels.Words<byte>, CastKernels.LowBits<byte>, double, int, byte>(c),
        DType.Int16 => Two<CastKernels.Words<short>, CastKernels.LowBits<short>, double, int, short>(c),
        DType.UInt16 => Two<CastKernels.Words<ushort>, CastKernels.LowBits<ushort>, double, int, ushort>(c),
        DType.Int32 => One<CastKernels.Words<int>, double, int>(c),
        DType.UInt32 => One<CastKernels.Words<uint>, double, int>(c),
        _ => ToFloats<CastKernels.DoubleFloats, double>(c),
    };

    private static IStep? FromNarrow<T>(in PrepareContext c) where T : unmanaged, IBinaryInteger<T> =>
        ToFloats<CastKernels.Floats<T>, T>(c) ?? FromWords<CastKernels.Widening<T>, T>(c);

    /// <summary>Of integers whose values, modulo 2^32, are words.</summary>
    private static IStep? FromWords<TFirst, TIn>(in PrepareContext c)
        where TFirst : struct, IFlatKernel<TIn, int>
        where TIn : unmanaged => c.Output(0).Type switch
        {
            DType.Int8 => Two<TFirst, CastKernels.LowBits<sbyte>, TIn, int, sbyte>(c),
            DType.UInt8 => Two<TFirst, CastKernels.LowBits<byte>, TIn, int, byte>(c),
            DType.Int16 => Two<TFirst, CastKernels.LowBits<short>, TIn, int, short>(c),
            DType.UInt16 => Two<TFirst, CastKernels.LowBits<ushort>, TIn, int, ushort>(c),
            DType.Int32 or DType.UInt32 => One<TFirst, TIn, int>(c),
            DType.Int64 => Two<TFirst, CastKernels.Longs<int>, TIn, int, long>(c),
            DType.Float64 => Two<TFirst, CastKernels.WordDoubles<int>, TIn, int, double>(c),
            _ => null,
        };

    private static IStep? ToBooleans(in PrepareContext c) => c.Type(0) switch
    {
        DType.Float32 => One<CastKernels.Truth<float>, float, byte>(c),
        DType.Float64 => One<CastKernels.Truth<double>, double, byte>(c),
        DType.Float16 => One<CastKernels.HalfTruth<HalfFormat, Half>, Half, byte>(c),
        DType.BFloat16 => One<CastKernels.HalfTruth<BFloat16Format, BFloat16>, BFloat16, byte>(c),
        DType.UInt8 => One<CastKernels.Truth<byte>, byte, byte>(c),
        DType.Int8 => One<CastKernels.Truth<sbyte>, sbyte, byte>(c),
        DType.Int16 or DType.UInt16 => One<CastKernels.Truth<short>, short, byte>(c),
        DType.Int32 or DType.UInt32 => One<CastKernels.Truth<int>, int, byte>(c),
        DType.Int64 => One<CastKernels.Truth<long>, long, byte>(c),
        _ => null,
    };
}
