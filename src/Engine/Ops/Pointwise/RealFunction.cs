using Graft.Kernels.Maths;

namespace Graft.Ops.Pointwise;

/// <summary>Steps of real functions: a kernel for floats, a table for 8 and 16 bits.</summary>
internal static class RealFunction
{
    public static IStep Step<TFn>(in PrepareContext c) where TFn : struct, IMathFn => Step<TFn>(c, static x => (float)TFn.Exact(x));

    /// <param name="c">The node.</param>
    /// <param name="tabulated">What quantised values go through, where that is not the function itself.</param>
    public static IStep Step<TFn>(in PrepareContext c, Func<float, float> tabulated) where TFn : struct, IMathFn => c.Type(0) switch
    {
        DType.Int8 or DType.UInt8 => ByteTable.Real(c, tabulated),
        DType.Int16 => ShortTable.Real(c, tabulated),
        _ => Flat.Real<TFn>(c),
    };
}
