using Graft.Kernels.Reduce;

namespace Graft.Ops.Reducing;

/// <summary>The windows of a reduction, axis by axis. Padding, before and after, may be negative; the input's elements are spread first.</summary>
internal sealed record Windows(int[] Lengths, int[] Strides, int[] Dilations, int[] Spreads, int[] Before, int[] After)
{
    /// <summary>Options that the file may leave out.</summary>
    public static int[] OrAll(ReadOnlySpan<long> values, int count, int value)
    {
        if (!values.IsEmpty) return Integers.Saturate(values);
        var result = new int[count];
        Array.Fill(result, value);
        return result;
    }

    /// <summary>Windows without padding.</summary>
    public static Windows Plain(int[] lengths, int[] strides, int[] dilations)
    {
        int rank = lengths.Length;
        return new(lengths, strides, dilations, OrAll([], rank, 1), new int[rank], new int[rank]);
    }

    /// <summary>One window over the whole of each reduced axis.</summary>
    public static Windows Over(Shape shape, int[] reduced)
    {
        int[] ones = OrAll([], shape.Rank, 1);
        return Plain([.. ones.Select((_, a) => reduced.Contains(a) ? shape[a] : 1)], ones, ones);
    }

    public int[] Output(in InferContext c, Shape input)
    {
        c.Require(input.Rank >= 1 && input.Rank <= WindowReduce.RankMax, $"input {input} must have rank 1 to {WindowReduce.RankMax}");
        foreach (int[] values in (int[][])[Lengths, Strides, Dilations, Spreads, Before, After])
        {
            c.Require(values.Length == input.Rank, $"[{string.Join(",", values)}] needs one value for each axis of {input}");
        }
        foreach (int[] values in (int[][])[Lengths, Strides, Dilations, Spreads])
        {
            c.Require(values.All(v => v > 0), $"window, strides and dilations [{string.Join(",", values)}] must be positive");
        }
        var result = new int[input.Rank];
        for (int a = 0; a < result.Length; a++)
        {
            long spread = input[a] == 0 ? 0 : ((input[a] - 1L) * Spreads[a]) + 1, padded = spread + Before[a] + After[a];
            c.Require(padded >= 0, $"padding cuts {-(long)Before[a]} and {-(long)After[a]} off axis {a} of {input}, more than it has");
            long window = ((Lengths[a] - 1L) * Dilations[a]) + 1, outputs = padded < window ? 0 : ((padded - window) / Strides[a]) + 1;
            c.Require(outputs <= int.MaxValue, $"axis {a} of the output would have {outputs} elements");
            result[a] = (int)outputs;
        }
        return result;
    }

    /// <summary>What the kernels take; the output has an element for each window.</summary>
    public WindowAxis[] Axes(Shape input, ReadOnlySpan<int> output)
    {
        if (input.Rank == 0) return [WindowAxis.Whole(1)];
        var axes = new WindowAxis[input.Rank];
        for (int a = 0; a < axes.Length; a++)
        {
            axes[a] = new(input[a], output[a], Lengths[a], Strides[a], Dilations[a], Spreads[a], Before[a]);
        }
        return axes;
    }
}
