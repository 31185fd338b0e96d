using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// Windowed reductions: output = fn(...fn(fn(init, x0), x1)...) over the elements of the window in row order, padding being init. Many
/// windows advance together along the last axis; each takes its elements in the same order, so that width does not change a bit.
/// </summary>
internal static class WindowReduce
{
    public const int RankMax = 8;

    /// <summary>Rows [begin, end) of the output along its last axis.</summary>
    /// <exception cref="ArgumentException">A span is too short for the axes.</exception>
    public static void Rows<TFn, T>(ReadOnlySpan<WindowAxis> axes, T init, ReadOnlySpan<T> input, Span<T> output, int begin, int end)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        if (Isa.Current == VectorWidth.V512) Run<TFn, T, V512<T>>(axes, init, input, output, begin, end);
        else if (Isa.Current == VectorWidth.V256) Run<TFn, T, V256<T>>(axes, init, input, output, begin, end);
        else if (Isa.Current == VectorWidth.V128) Run<TFn, T, V128<T>>(axes, init, input, output, begin, end);
        else Run<TFn, T, Scalar<T>>(axes, init, input, output, begin, end);
    }

    /// <summary>One width, chosen by the caller.</summary>
    public static void Run<TFn, T, V>(ReadOnlySpan<WindowAxis> axes, T init, ReadOnlySpan<T> input, Span<T> output, int begin, int end)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        var outer = axes[..^1];
        var last = axes[^1];
        Span<int> at = stackalloc int[RankMax], window = stackalloc int[RankMax];
        for (int row = begin; row < end; row++)
        {
            var target = output.Slice(row * last.Output, last.Output);
            target.Fill(init);
            for (int a = outer.Length - 1, rest = row; a >= 0; a--) (rest, at[a]) = Math.DivRem(rest, outer[a].Output);
            window.Clear();
            do
            {
                int source = Source(outer, at, window);
                var line = source < 0 ? default : input.Slice(source * last.Input, last.Input);
                for (int position = 0; position < last.Window; position++) Fold<TFn, T, V>(last, position, line, init, target);
            }
            while (Next(outer, window));
        }
    }

    /// <summary>Takes one position of all windows of a row; an empty line is padding.</summary>
    private static void Fold<TFn, T, V>(in WindowAxis axis, int position, ReadOnlySpan<T> line, T init, Span<T> target)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        if (line.IsEmpty)
        {
            foreach (ref T sum in target) sum = One<TFn, T>(sum, init);
        }
        else if (axis.Stride == 1 && axis.Spread == 1)
        {
            var (first, end) = axis.Run(position);
            for (int o = 0; o < first; o++) target[o] = One<TFn, T>(target[o], init);
            if (end > first)
            {
                var seen = line.Slice(axis.Source(first, position), end - first);
                Zip.Dense<Zip.Stateless<TFn, T>, T, V>(default, target[first..end], seen, target[first..end]);
            }
            for (int o = end; o < target.Length; o++) target[o] = One<TFn, T>(target[o], init);
        }
        else
        {
            for (int o = 0; o < target.Length; o++)
            {
                int source = axis.Source(o, position);
                target[o] = One<TFn, T>(target[o], source < 0 ? init : line[source]);
            }
        }
    }

    private static T One<TFn, T>(T a, T b)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T> => TFn.Apply(new Scalar<T>(a), new Scalar<T>(b)).Value;

    /// <summary>The line of the input that windows see, or -1.</summary>
    private static int Source(ReadOnlySpan<WindowAxis> outer, ReadOnlySpan<int> at, ReadOnlySpan<int> window)
    {
        int line = 0;
        for (int a = 0; a < outer.Length; a++)
        {
            int source = outer[a].Source(at[a], window[a]);
            if (source < 0) return -1;
            line = line * outer[a].Input + source;
        }
        return line;
    }

    /// <summary>Advances to the next position in row order; false after the last.</summary>
    private static bool Next(ReadOnlySpan<WindowAxis> outer, Span<int> window)
    {
        for (int a = outer.Length - 1; a >= 0; a--)
        {
            if (++window[a] < outer[a].Window) return true;
            window[a] = 0;
        }
        return false;
    }
}
