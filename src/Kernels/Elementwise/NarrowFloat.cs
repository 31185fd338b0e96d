using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// float32 functions on narrower floating point formats: each element is widened, the function applied, the result rounded once.
/// </summary>
internal static class NarrowFloat
{
    private const int BlockLength = 256;

    public static void Map<TFn, TFormat, T>(TFn fn, ReadOnlySpan<T> input, Span<T> output)
        where TFn : struct, IUnaryClosure<float>
        where TFormat : struct, IFloatFormat<T>
        where T : unmanaged
    {
        Lengths.MustMatch(input.Length, output.Length);
        Span<float> block = stackalloc float[BlockLength];
        for (int start = 0; start < input.Length; start += BlockLength)
        {
            Span<float> wide = block[..Math.Min(BlockLength, input.Length - start)];
            for (int i = 0; i < wide.Length; i++) wide[i] = TFormat.Widen(input[start + i]);
            Elementwise.Map.Apply(fn, wide, wide);
            for (int i = 0; i < wide.Length; i++) output[start + i] = TFormat.Narrow(wide[i]);
        }
    }

    public static void Zip<TFn, TFormat, T>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<float>
        where TFormat : struct, IFloatFormat<T>
        where T : unmanaged =>
        Scalars.Zip<Widened<TFn, TFormat, T>, T, T>(new(fn), shape, a, b, output);

    private readonly struct Widened<TFn, TFormat, T>(TFn fn) : IScalarFn<T, T>
        where TFn : struct, IBinaryClosure<float>
        where TFormat : struct, IFloatFormat<T>
        where T : unmanaged
    {
        public T Apply(T a, T b) =>
            TFormat.Narrow(fn.Apply(new Scalar<float>(TFormat.Widen(a)), new Scalar<float>(TFormat.Widen(b))).Value);
    }
}
