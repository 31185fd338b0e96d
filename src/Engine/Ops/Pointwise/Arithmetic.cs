using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Reduce;
using Graft.Kernels.Simd;
using Graft.Ops.Matrix;
using Graft.Schema;

namespace Graft.Ops.Pointwise;

/// <summary>A function of two numbers, for every type of them and every vector width.</summary>
internal interface IArithmetic
{
    static abstract V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T>;
}

/// <summary>Steps of binary arithmetic for the input's type.</summary>
internal static class Arithmetic
{
    /// <summary>Without clamping.</summary>
    public static IStep Step<TOp>(in PrepareContext c) where TOp : struct, IArithmetic
    {
        if (c.Type(0).IsFloat() && c.Type(0) != DType.Float64)
            return Broadcast.AnyFloat<Zip.Stateless<For<TOp, float>, float>>(c, default);
        var action = new Plain<TOp>(c);
        return NumberTypes.Dispatch<Plain<TOp>, IStep>(c.Type(0), ref action);
    }

    /// <summary>With a fused activation. Floats but float64 are always clamped: infinities become the largest finite values, as in the reference.</summary>
    public static IStep Step<TOp>(in PrepareContext c, ActivationFunctionType activation) where TOp : struct, IArithmetic
    {
        if (c.Type(0) is DType.Float16 or DType.BFloat16)
        {
            float largest = c.Type(0) == DType.Float16 ? HalfFormat.Largest : BFloat16Format.Largest;
            var (low, high) = FusedActivation.Range(activation);
            return Broadcast.AnyFloat(c, new ClampedFn<For<TOp, float>, float>(Math.Max(low, -largest), Math.Min(high, largest)));
        }
        if (activation == ActivationFunctionType.None && c.Type(0) != DType.Float32) return Step<TOp>(c);
        var action = new Clamped<TOp>(c, activation);
        return NumberTypes.Dispatch<Clamped<TOp>, IStep>(c.Type(0), ref action);
    }

    /// <summary>A bound of an activation, the largest float standing for the type's own.</summary>
    private static T Bound<T>(float bound) where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
        bound == float.MaxValue ? T.MaxValue : bound == float.MinValue ? T.MinValue : T.CreateSaturating(bound);

    /// <summary>A function for one type of number.</summary>
    internal readonly struct For<TOp, T> : IBinaryFn<T>
        where TOp : struct, IArithmetic
        where T : unmanaged, IBinaryNumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => TOp.Apply<V, T>(a, b);
    }

    private readonly struct Plain<TOp>(PrepareContext c) : INumberAction<IStep> where TOp : struct, IArithmetic
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => Broadcast.Zip<For<TOp, T>, T>(c);
    }

    private readonly struct Clamped<TOp>(PrepareContext c, ActivationFunctionType activation) : INumberAction<IStep>
        where TOp : struct, IArithmetic
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            var (low, high) = FusedActivation.Range(activation);
            return Broadcast.Zip<ClampedFn<For<TOp, T>, T>, T>(c, new(Bound<T>(low), Bound<T>(high)));
        }
    }
}

internal readonly struct Plus : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => AddFn<T>.Apply(a, b);
}

internal readonly struct Minus : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => SubFn<T>.Apply(a, b);
}

internal readonly struct Times : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => MulFn<T>.Apply(a, b);
}

/// <summary>a &gt; b ? a : b.</summary>
internal readonly struct Larger : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Max(a, b);
}

/// <summary>a &lt; b ? a : b.</summary>
internal readonly struct Smaller : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Min(a, b);
}

internal readonly struct SquareOfDifference : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T>
    {
        V d = a - b;
        return d * d;
    }
}

internal readonly struct BitAnd : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => a & b;
}

/// <summary>1 where both differ from 0, else 0.</summary>
internal readonly struct BothNonzero : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => BothFn<T>.Apply(a, b);
}

internal readonly struct BitOr : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => a | b;
}

internal readonly struct BitXor : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => a ^ b;
}

/// <summary>b &gt; a ? b : a.</summary>
internal readonly struct LargerOrFirst : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Max(b, a);
}

/// <summary>b &lt; a ? b : a.</summary>
internal readonly struct SmallerOrFirst : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> => V.Min(b, a);
}
