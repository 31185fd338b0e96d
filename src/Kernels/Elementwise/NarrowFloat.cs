using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// float32 functions on narrower floating point formats: each element is widened, the function applied, the result rounded once.
/// </summary>
internal static class NarrowFloat
{
    private const int BlockLength = 256;

    // Shorter runs cost less one by one.
    private const int ShortRun = 8;

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
            TFormat.Widen(input.Slice(start, wide.Length), wide);
            Elementwise.Map.Apply(fn, wide, wide);
            TFormat.Narrow(wide, output.Slice(start, wide.Length));
        }
    }

    /// <summary>With numpy's broadcasting; the output is dense, and may be the span of an operand that is not repeated.</summary>
    public static void Zip<TFn, TFormat, T>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<float>
        where TFormat : struct, IFloatFormat<T>
        where T : unmanaged
    {
        Lengths.MustReach(shape.Count, output.Length);
        var walk = new BroadcastWalk(shape);
        int length = walk.Length;
        if (length < ShortRun)
        {
            Scalars.Zip<Widened<TFn, TFormat, T>, T, T>(new(fn), shape, a, b, output);
            return;
        }
        int lengthA = walk.Repeats(0) ? 1 : length, lengthB = walk.Repeats(1) ? 1 : length;
        Span<float> blockA = stackalloc float[BlockLength], blockB = stackalloc float[BlockLength];
        for (int start = 0; walk.Next(); start += length)
        {
            Run<TFn, TFormat, T>(fn, a.Slice((int)walk.A, lengthA), b.Slice((int)walk.B, lengthB), output.Slice(start, length), blockA, blockB);
        }
    }

    // Operands that are shorter than the output hold one value.
    private static void Run<TFn, TFormat, T>(
        TFn fn, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output, Span<float> blockA, Span<float> blockB)
        where TFn : struct, IBinaryClosure<float>
        where TFormat : struct, IFloatFormat<T>
        where T : unmanaged
    {
        if (a.Length < output.Length) blockA.Fill(TFormat.Widen(a[0]));
        for (int start = 0; start < output.Length; start += BlockLength)
        {
            int count = Math.Min(BlockLength, output.Length - start);
            Span<float> left = blockA[..count], right = blockB[..count];
            if (a.Length == output.Length) TFormat.Widen(a.Slice(start, count), left);
            if (b.Length == output.Length) TFormat.Widen(b.Slice(start, count), right);
            else right.Fill(TFormat.Widen(b[0]));
            Elementwise.Zip.Apply(fn, left, right, right);
            TFormat.Narrow(right, output.Slice(start, count));
        }
    }

    private readonly struct Widened<TFn, TFormat, T>(TFn fn) : IScalarFn<T, T>
        where TFn : struct, IBinaryClosure<float>
        where TFormat : struct, IFloatFormat<T>
        where T : unmanaged
    {
        public T Apply(T a, T b) =>
            TFormat.Narrow(fn.Apply(new Scalar<float>(TFormat.Widen(a)), new Scalar<float>(TFormat.Widen(b))).Value);
    }
}
