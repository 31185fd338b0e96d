using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Reduce;

/// <summary>
/// Float sums term by term in the order of the input, as a plain loop adds them. A sum cannot begin before the one before it is rounded; so
/// several rows are summed at once.
/// </summary>
internal static class OrderedSum
{
    private const int RowsAtOnce = 8;

    /// <summary>The sum of each output's elements, 0 first.</summary>
    public static void Apply(in ReduceShape shape, ReadOnlySpan<float> input, Span<float> output)
    {
        int last = shape.Rank - 1;
        // Elements that are kept side by side are added in the order of the input anyway.
        if (!shape.Reduces(last)) Reducer.Apply<SumOf<float>, float>(shape, input, output);
        else if (shape.OutputCount * shape.Length(last) == shape.InputCount) Rows(input[..(int)shape.InputCount], shape.Length(last), output[..(int)shape.OutputCount]);
        else Runs(shape, input, output);
    }

    /// <summary>The same, divided by the number of elements that were added.</summary>
    public static void Mean(in ReduceShape shape, ReadOnlySpan<float> input, Span<float> output)
    {
        Apply(shape, input, output);
        foreach (ref float sum in output[..(int)shape.OutputCount]) sum /= shape.ReducedCount;
    }

    /// <summary>One sum for each row of <paramref name="length"/> elements.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Rows(ReadOnlySpan<float> input, int length, Span<float> sums)
    {
        Lengths.MustReach((long)length * sums.Length, input.Length);
        int row = 0;
        // In bounds: rows below the number of sums, which the input has.
        for (; row + RowsAtOnce <= sums.Length; row += RowsAtOnce)
        {
            ref float a = ref Unsafe.Add(ref MemoryMarshal.GetReference(input), row * length);
            ref float b = ref Unsafe.Add(ref a, length), c = ref Unsafe.Add(ref b, length), d = ref Unsafe.Add(ref c, length);
            ref float e = ref Unsafe.Add(ref d, length), f = ref Unsafe.Add(ref e, length), g = ref Unsafe.Add(ref f, length), h = ref Unsafe.Add(ref g, length);
            float sa = 0, sb = 0, sc = 0, sd = 0, se = 0, sf = 0, sg = 0, sh = 0;
            for (nint i = 0; i < length; i++)
            {
                sa += Unsafe.Add(ref a, i);
                sb += Unsafe.Add(ref b, i);
                sc += Unsafe.Add(ref c, i);
                sd += Unsafe.Add(ref d, i);
                se += Unsafe.Add(ref e, i);
                sf += Unsafe.Add(ref f, i);
                sg += Unsafe.Add(ref g, i);
                sh += Unsafe.Add(ref h, i);
            }
            var to = sums.Slice(row, RowsAtOnce);
            (to[0], to[1], to[2], to[3], to[4], to[5], to[6], to[7]) = (sa, sb, sc, sd, se, sf, sg, sh);
        }
        for (; row < sums.Length; row++) sums[row] = Add(0, input.Slice(row * length, length));
    }

    private static void Runs(in ReduceShape shape, ReadOnlySpan<float> input, Span<float> output)
    {
        output[..(int)shape.OutputCount].Clear();
        var walk = new ReduceWalk(shape);
        while (walk.Next())
        {
            ref float to = ref output[(int)walk.Output];
            to = Add(to, input.Slice((int)walk.Input, walk.RunLength));
        }
    }

    private static float Add(float sum, ReadOnlySpan<float> run)
    {
        foreach (float x in run) sum += x;
        return sum;
    }
}
