using System.Runtime.CompilerServices;

namespace Graft.Kernels.Reduce;

/// <summary>
/// Walks the runs of a <see cref="ReduceShape"/>: the innermost axis is a run, either all of one output element or one
/// element of each of as many outputs. All runs of one place of the output follow each other, in the order of the
/// input.
/// </summary>
internal ref struct ReduceWalk
{
    private readonly ReduceShape _shape;
    private readonly bool _empty;
    private Counters _at;
    private Strides _strides;
    private bool _started;

    public ReduceWalk(in ReduceShape shape)
    {
        _shape = shape;
        _empty = shape.InputCount == 0;
        int last = shape.Rank - 1;
        RunLength = shape.Length(last);
        RunReduces = shape.Reduces(last);
        OutputLength = RunReduces ? 1 : RunLength;
        nint stride = RunLength;
        for (int axis = last - 1; axis >= 0; axis--)
        {
            _strides[axis] = stride;
            stride *= shape.Length(axis);
        }
    }

    /// <summary>Elements of one run of the input.</summary>
    public int RunLength { get; }

    /// <summary>Whether a run is reduced to one element.</summary>
    public bool RunReduces { get; }

    /// <summary>Elements of the output that a run contributes to.</summary>
    public int OutputLength { get; }

    public nint Input { get; private set; }
    public nint Output { get; private set; }

    /// <summary>Whether this run is the first of its place in the output.</summary>
    public bool IsFirst { get; private set; }

    [MethodImpl(Jit.Loop)]
    public bool Next()
    {
        if (_empty) return false;
        if (!_started)
        {
            IsFirst = true;
            return _started = true;
        }
        if (Advance(reduced: true))
        {
            IsFirst = false;
            return true;
        }
        if (!Advance(reduced: false)) return false;
        Output += OutputLength;
        IsFirst = true;
        return true;
    }

    // Counts the outer axes of one kind, the innermost fastest; false when they all wrap to zero.
    [MethodImpl(Jit.Loop)]
    private bool Advance(bool reduced)
    {
        for (int axis = _shape.Rank - 2; axis >= 0; axis--)
        {
            if (_shape.Reduces(axis) != reduced) continue;
            if (++_at[axis] < _shape.Length(axis))
            {
                Input += _strides[axis];
                return true;
            }
            _at[axis] = 0;
            Input -= _strides[axis] * (_shape.Length(axis) - 1);
        }
        return false;
    }

    [InlineArray(ReduceShape.RankMax)]
    private struct Counters
    {
        private int _first;
    }

    [InlineArray(ReduceShape.RankMax)]
    private struct Strides
    {
        private nint _first;
    }
}
