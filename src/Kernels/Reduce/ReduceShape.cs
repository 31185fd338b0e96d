using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Graft.Kernels.Reduce;

/// <summary>
/// A shape and the axes to reduce, collapsed to the fewest loops: neighbours that are both kept or both reduced become
/// one. Axes of length 1 vanish. Axis 0 is the outermost.
/// </summary>
internal readonly struct ReduceShape
{
    public const int RankMax = Elementwise.BroadcastShape.RankMax;

    private readonly Axes _lengths;
    private readonly uint _reduced;

    public int Rank { get; }

    /// <summary>Elements of the input.</summary>
    public long InputCount { get; }

    /// <summary>Elements of the output.</summary>
    public long OutputCount { get; }

    /// <summary>Input elements of one output element.</summary>
    public long ReducedCount { get; }

    /// <summary>Whether every axis of the shape as given is reduced.</summary>
    public bool ReducesAll { get; }

    public int Length(int axis) => _lengths[axis];
    public bool Reduces(int axis) => (_reduced >> axis & 1) != 0;

    /// <param name="shape">Lengths of the input.</param>
    /// <param name="axes">Axes to reduce, negative ones counted from the end, repetitions allowed.</param>
    /// <exception cref="ArgumentException">An axis is outside the shape, or the shape has too many axes.</exception>
    public ReduceShape(ReadOnlySpan<int> shape, ReadOnlySpan<int> axes)
    {
        uint reduced = 0;
        foreach (int axis in axes)
        {
            int current = axis < 0 ? axis + shape.Length : axis;
            if (shape.Length == 0) continue;
            if (current < 0 || current >= shape.Length || current >= 32) ThrowAxis(axis, shape.Length);
            reduced |= 1u << current;
        }
        long inputs = 1, outputs = 1, perOutput = 1;
        int rank = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            bool isReduced = (reduced >> axis & 1) != 0;
            inputs *= shape[axis];
            if (isReduced) perOutput *= shape[axis];
            else outputs *= shape[axis];
            if (shape[axis] == 1) continue;
            if (rank > 0 && ((_reduced >> (rank - 1) & 1) != 0) == isReduced)
            {
                _lengths[rank - 1] *= shape[axis];
                continue;
            }
            if (rank == RankMax) ThrowRank(shape.Length);
            _lengths[rank] = shape[axis];
            if (isReduced) _reduced |= 1u << rank;
            rank++;
        }
        if (rank == 0) _lengths[rank++] = 1;
        Rank = rank;
        InputCount = inputs;
        OutputCount = outputs;
        ReducedCount = perOutput;
        ReducesAll = reduced == (shape.Length == 0 ? 0 : uint.MaxValue >> (32 - shape.Length));
    }

    [DoesNotReturn]
    private static void ThrowAxis(int axis, int rank) => throw new ArgumentException(
        $"axis {axis} is outside a shape of {rank} axes (allowed: {-rank} to {rank - 1})");

    [DoesNotReturn]
    private static void ThrowRank(int rank) => throw new ArgumentException(
        $"a reduction over {rank} axes needs more than {RankMax} loops");

    [InlineArray(RankMax)]
    private struct Axes
    {
        private int _first;
    }
}
