using System.Numerics;

namespace Graft.Kernels.Reference;

/// <summary>
/// Elementwise oracles: plain loops over indices, each index of the output mapped back to its operands.
/// </summary>
internal static class ReferenceElementwise
{
    public static TOut[] Unary<TIn, TOut>(ReadOnlySpan<TIn> input, Func<TIn, TOut> function)
    {
        var output = new TOut[input.Length];
        for (int i = 0; i < input.Length; i++) output[i] = function(input[i]);
        return output;
    }

    /// <summary>numpy's broadcasting of two operands; shapes are taken to be compatible.</summary>
    public static TOut[] Binary<TIn, TOut>(
        ReadOnlySpan<TIn> a, int[] shapeA, ReadOnlySpan<TIn> b, int[] shapeB, Func<TIn, TIn, TOut> function)
    {
        int[] shape = Broadcast(shapeA, shapeB);
        var output = new TOut[Product(shape)];
        for (int i = 0; i < output.Length; i++)
            output[i] = function(a[Source(i, shape, shapeA)], b[Source(i, shape, shapeB)]);
        return output;
    }

    public static T[] Select<T>(
        ReadOnlySpan<byte> condition, int[] shapeC, ReadOnlySpan<T> a, int[] shapeA, ReadOnlySpan<T> b, int[] shapeB)
    {
        int[] shape = Broadcast(shapeC, Broadcast(shapeA, shapeB));
        var output = new T[Product(shape)];
        for (int i = 0; i < output.Length; i++)
        {
            bool first = condition[Source(i, shape, shapeC)] != 0;
            output[i] = first ? a[Source(i, shape, shapeA)] : b[Source(i, shape, shapeB)];
        }
        return output;
    }

    /// <summary>round(x) with ties away from zero.</summary>
    public static BigInteger RoundHalfAway(BigInteger numerator, BigInteger denominator)
    {
        BigInteger twice = (2 * BigInteger.Abs(numerator)) + denominator;
        BigInteger magnitude = twice / (2 * denominator);
        return numerator.Sign < 0 ? -magnitude : magnitude;
    }

    private static int[] Broadcast(int[] a, int[] b)
    {
        int[] shape = new int[Math.Max(a.Length, b.Length)];
        for (int axis = 1; axis <= shape.Length; axis++)
        {
            int lengthA = axis <= a.Length ? a[^axis] : 1;
            int lengthB = axis <= b.Length ? b[^axis] : 1;
            shape[^axis] = lengthA == 1 ? lengthB : lengthA;
        }
        return shape;
    }

    private static int Product(int[] shape)
    {
        int product = 1;
        foreach (int length in shape) product *= length;
        return product;
    }

    private static int Source(int index, int[] shape, int[] operand)
    {
        int source = 0, stride = 1;
        for (int axis = 1; axis <= shape.Length; axis++)
        {
            int at = index % shape[^axis];
            index /= shape[^axis];
            if (axis > operand.Length) continue;
            if (operand[^axis] != 1) source += at * stride;
            stride *= operand[^axis];
        }
        return source;
    }
}
