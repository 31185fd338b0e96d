using System.Collections.Immutable;

namespace Graft.Graphs;

/// <summary>
/// Arrays of one value for each element. Unlike the framework's generic code over structs of this assembly, this can be compiled ahead of
/// time with it, so that loading a model does not wait for the compiler.
/// </summary>
internal static class ArrayMap
{
    public static TOut[] Map<TIn, TOut>(this ImmutableArray<TIn> source, Func<TIn, TOut> value) => Map(source.AsSpan(), value);

    public static TOut[] Map<TIn, TOut>(this TIn[] source, Func<TIn, TOut> value) => Map((ReadOnlySpan<TIn>)source, value);

    private static TOut[] Map<TIn, TOut>(ReadOnlySpan<TIn> source, Func<TIn, TOut> value)
    {
        var mapped = new TOut[source.Length];
        for (int i = 0; i < mapped.Length; i++) mapped[i] = value(source[i]);
        return mapped;
    }
}
