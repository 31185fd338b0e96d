using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Segments;

/// <summary>Sorting values into intervals.</summary>
internal static class Buckets
{
    /// <summary>So many boundaries are compared one after the other with vectors of values; more are halved.</summary>
    private const int FewBoundaries = 128;

    private const int ValuesAtOnce = 256;

    /// <summary>
    /// output[i] = the number of boundaries that are not above input[i]; all of them for NaN. Boundaries ascend. All types but double are
    /// compared as float, as the reference does.
    /// </summary>
    public static void Apply<T>(ReadOnlySpan<T> input, ReadOnlySpan<float> boundaries, Span<int> output) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(double) || boundaries.Length > FewBoundaries || boundaries.ContainsAnyExceptInRange(float.NegativeInfinity, float.PositiveInfinity))
        {
            for (int i = 0; i < input.Length; i++)
                output[i] = Halve(typeof(T) == typeof(double) ? double.CreateTruncating(input[i]) : float.CreateTruncating(input[i]), boundaries);
            return;
        }
        if (typeof(T) == typeof(float))
        {
            Count(MemoryMarshal.Cast<T, float>(input), boundaries, output);
            return;
        }
        Span<float> values = stackalloc float[ValuesAtOnce];
        for (int begin = 0; begin < input.Length; begin += ValuesAtOnce)
        {
            int count = Math.Min(ValuesAtOnce, input.Length - begin);
            for (int i = 0; i < count; i++) values[i] = float.CreateTruncating(input[begin + i]);
            Count(values[..count], boundaries, output.Slice(begin, count));
        }
    }

    private static void Count(ReadOnlySpan<float> values, ReadOnlySpan<float> boundaries, Span<int> output)
    {
        Lengths.MustMatch(values.Length, output.Length);
        LaneLoop.Run(new Counting(values, boundaries, output), values.Length);
    }

    private static int Halve(double value, ReadOnlySpan<float> boundaries)
    {
        int low = 0, high = boundaries.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (value < boundaries[middle]) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    internal readonly ref struct Counting(ReadOnlySpan<float> values, ReadOnlySpan<float> boundaries, Span<int> output) : IWideBody
    {
        private readonly ReadOnlySpan<float> _values = values, _boundaries = boundaries;
        private readonly Span<int> _output = output;

        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            // In bounds: the loop's positions, which both spans have.
            F value = F.Load(ref MemoryMarshal.GetReference(_values), i);
            I count = I.Splat(_boundaries.Length);
            // A mask is -1.
            foreach (float boundary in _boundaries) count += L.BitsOf(F.Less(value, F.Splat(boundary)));
            I.Store(count, ref MemoryMarshal.GetReference(_output), i);
        }
    }
}
