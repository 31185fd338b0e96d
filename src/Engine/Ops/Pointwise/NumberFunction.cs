using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Ops.Pointwise;

/// <summary>A function of one number, for every type of them and every vector width.</summary>
internal interface INumberFunction
{
    static abstract V Apply<V, T>(V x) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T>;
}

/// <summary>Steps of unary arithmetic for the input's type.</summary>
internal static class NumberFunction
{
    public static IStep Step<TOp>(in PrepareContext c) where TOp : struct, INumberFunction
    {
        if (c.Type(0).IsFloat() && c.Type(0) != DType.Float64) return Flat.AnyFloat<For<TOp, float>>(c);
        var action = new Choice<TOp>(c);
        return NumberTypes.Dispatch<Choice<TOp>, IStep>(c.Type(0), ref action);
    }

    private readonly struct For<TOp, T> : IUnaryFn<T>
        where TOp : struct, INumberFunction
        where T : unmanaged, IBinaryNumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => TOp.Apply<V, T>(x);
    }

    private readonly struct Choice<TOp>(PrepareContext c) : INumberAction<IStep> where TOp : struct, INumberFunction
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => Flat.Map<For<TOp, T>, T>(c);
    }
}
