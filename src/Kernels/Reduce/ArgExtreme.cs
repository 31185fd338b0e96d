using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Reduce;

/// <summary>
/// ARG_MAX and ARG_MIN over one axis of (outer, length, inner): the first index of the extreme element. A NaN never
/// wins over a number; where all are NaN the index is 0.
/// </summary>
internal static class ArgExtreme
{
    public static void Maximum<T, TIndex>(ReadOnlySpan<T> input, int outer, int length, int inner, Span<TIndex> output)
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> =>
        Run<T, TIndex>(input, outer, length, inner, output, maximum: true);

    public static void Minimum<T, TIndex>(ReadOnlySpan<T> input, int outer, int length, int inner, Span<TIndex> output)
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> =>
        Run<T, TIndex>(input, outer, length, inner, output, maximum: false);

    [MethodImpl(Jit.Loop)]
    private static void Run<T, TIndex>(
        ReadOnlySpan<T> input, int outer, int length, int inner, Span<TIndex> output, bool maximum)
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        Lengths.MustReach((long)outer * length * inner, input.Length);
        Lengths.MustReach((long)outer * inner, output.Length);
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                ReadOnlySpan<T> column = input[((o * length * inner) + i)..];
                int best = 0;
                T extreme = column[0];
                for (int k = 1; k < length; k++)
                {
                    T value = column[k * inner];
                    bool better = maximum ? value > extreme : value < extreme;
                    if (!better && !(T.IsNaN(extreme) && !T.IsNaN(value))) continue;
                    extreme = value;
                    best = k;
                }
                output[(o * inner) + i] = TIndex.CreateTruncating(best);
            }
        }
    }
}
