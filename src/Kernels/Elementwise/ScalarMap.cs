namespace Graft.Kernels.Elementwise;

/// <summary>A function of one element that has no vector form.</summary>
internal interface IScalarUnaryFn<TIn, TOut>
{
    public TOut Apply(TIn x);
}

/// <summary>The unary loop element by element, for any element types. Input and output may be one memory if their sizes are equal.</summary>
internal static class ScalarMap
{
    public static void Apply<TFn, TIn, TOut>(TFn fn, ReadOnlySpan<TIn> input, Span<TOut> output)
        where TFn : struct, IScalarUnaryFn<TIn, TOut>
    {
        Lengths.MustMatch(input.Length, output.Length);
        for (int i = 0; i < input.Length; i++) output[i] = fn.Apply(input[i]);
    }
}
