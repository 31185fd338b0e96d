using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// Two or three operand shapes broadcast together and collapsed to the fewest loops. Axis 0 is the outermost; the last
/// is the inner run. Strides are in elements, 0 along an axis on which the operand is repeated.
/// </summary>
internal readonly struct BroadcastShape
{
    public const int RankMax = 16;
    public const int OperandsMax = 3;

    private readonly Axes _lengths;
    private readonly OperandAxes _strides;

    public int Rank { get; }

    /// <summary>The number of elements of the result.</summary>
    public long Count { get; }

    /// <summary>One run, with no operand repeated.</summary>
    public bool IsFlat { get; }

    public int Length(int axis) => _lengths[axis];
    public nint Stride(int operand, int axis) => _strides[(operand * RankMax) + axis];

    /// <summary>Shapes are aligned at their last axis; lengths must be equal or 1.</summary>
    /// <exception cref="ArgumentException">Shapes do not broadcast together, or need more than <see cref="RankMax"/> loops.</exception>
    public BroadcastShape(ReadOnlySpan<int> a, ReadOnlySpan<int> b) : this(2, a, b, []) { }

    public BroadcastShape(ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> c) : this(3, a, b, c) { }

    private BroadcastShape(int operands, ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> c)
    {
        int full = Math.Max(a.Length, Math.Max(b.Length, c.Length));
        Span<nint> running = [1, 1, 1];
        Span<int> lengths = stackalloc int[RankMax];
        Span<nint> strides = stackalloc nint[OperandsMax * RankMax];
        int rank = 0;
        long count = 1;
        // From the innermost axis outwards; lengths and strides are gathered innermost first.
        for (int fromEnd = 1; fromEnd <= full; fromEnd++)
        {
            int la = At(a, fromEnd), lb = At(b, fromEnd), lc = operands > 2 ? At(c, fromEnd) : 1;
            int length = la != 1 ? la : lb != 1 ? lb : lc;
            if ((la != 1 && la != length) || (lb != 1 && lb != length) || (lc != 1 && lc != length))
                ThrowShapes(operands, a, b, c);
            count *= length;
            if (length == 1) continue;
            Span<nint> step = [la == 1 ? 0 : running[0], lb == 1 ? 0 : running[1], lc == 1 ? 0 : running[2]];
            running[0] *= la;
            running[1] *= lb;
            running[2] *= lc;
            if (rank > 0 && Continues(strides, step, rank - 1, lengths[rank - 1], operands))
            {
                lengths[rank - 1] *= length;
                continue;
            }
            if (rank == RankMax) ThrowRank(full);
            lengths[rank] = length;
            for (int op = 0; op < operands; op++) strides[(op * RankMax) + rank] = step[op];
            rank++;
        }
        if (rank == 0) lengths[rank++] = 1;
        Rank = rank;
        Count = count;
        for (int axis = 0; axis < rank; axis++)
        {
            _lengths[axis] = lengths[rank - 1 - axis];
            for (int op = 0; op < operands; op++)
                _strides[(op * RankMax) + axis] = strides[(op * RankMax) + rank - 1 - axis];
        }
        IsFlat = rank == 1 && count > 0;
        for (int op = 0; op < operands; op++) IsFlat &= _strides[op * RankMax] == 1;
    }

    /// <summary>The shape of the result, not collapsed.</summary>
    public static int[] ResultShape(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        int[] shape = new int[Math.Max(a.Length, b.Length)];
        for (int fromEnd = 1; fromEnd <= shape.Length; fromEnd++)
        {
            int la = At(a, fromEnd), lb = At(b, fromEnd);
            if (la != lb && la != 1 && lb != 1) ThrowShapes(2, a, b, []);
            shape[^fromEnd] = la == 1 ? lb : la;
        }
        return shape;
    }

    private static int At(ReadOnlySpan<int> shape, int fromEnd) => fromEnd > shape.Length ? 1 : shape[^fromEnd];

    private static bool Continues(Span<nint> strides, Span<nint> step, int inner, int innerLength, int operands)
    {
        for (int op = 0; op < operands; op++)
        {
            if (step[op] != strides[(op * RankMax) + inner] * innerLength) return false;
        }
        return true;
    }

    [DoesNotReturn]
    private static void ThrowRank(int rank) =>
        throw new ArgumentException($"broadcasting shapes of {rank} axes needs more than {RankMax} loops");

    [DoesNotReturn]
    private static void ThrowShapes(int operands, ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> c)
    {
        string third = operands > 2 ? $" and {Text(c)}" : "";
        throw new ArgumentException(
            $"shapes {Text(a)} and {Text(b)}{third} do not broadcast: "
            + "aligned at the last axis, lengths must be equal or 1");
    }

    private static string Text(ReadOnlySpan<int> shape) => $"[{string.Join(",", shape.ToArray())}]";

    [InlineArray(RankMax)]
    private struct Axes
    {
        private int _first;
    }

    [InlineArray(RankMax * OperandsMax)]
    private struct OperandAxes
    {
        private nint _first;
    }
}
