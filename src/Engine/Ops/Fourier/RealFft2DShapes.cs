using System.Numerics;

namespace Graft.Ops.Fourier;

/// <summary>What RFFT2D and its inverse share: lengths in input 1, powers of two, for the last two dimensions.</summary>
internal static class RealFft2DShapes
{
    private const int LengthMax = 1 << 24;

    public static void Infer(in InferContext c, bool isInverse)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank >= 2, $"the input has shape {shape}; two dimensions at least are expected");
        c.Require(c.Shape(1) is { Rank: 1, ElementCount: 2 }, $"the lengths have shape {c.Shape(1)}; [2] is expected");
        if (!c.TryIntegers(1, out var lengths)) return;
        foreach (int length in lengths)
        {
            c.Require(length is > 0 and <= LengthMax && BitOperations.IsPow2(length), $"length {length} is no power of two from 1 to {LengthMax}");
        }
        int[] result = shape.Dimensions.ToArray();
        result[^2] = lengths[0];
        result[^1] = isInverse ? lengths[1] : lengths[1] / 2 + 1;
        c.SetOutput(0, new Shape(result));
    }
}
