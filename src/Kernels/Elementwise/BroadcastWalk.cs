using System.Runtime.CompilerServices;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// Walks the inner runs of a <see cref="BroadcastShape"/> in the order of the output: for each, the offset of every
/// operand. The output is dense, so its offset is run * <see cref="Length"/>.
/// </summary>
internal ref struct BroadcastWalk
{
    private readonly ref readonly BroadcastShape _shape;
    private Counters _at;
    private bool _started;
    private readonly bool _empty;

    public BroadcastWalk(in BroadcastShape shape)
    {
        _shape = ref shape;
        _empty = shape.Count == 0;
        Length = shape.Length(shape.Rank - 1);
    }

    /// <summary>Elements of one run.</summary>
    public int Length { get; }

    public nint A { get; private set; }
    public nint B { get; private set; }
    public nint C { get; private set; }

    /// <summary>Whether an operand is one repeated element within a run.</summary>
    public readonly bool Repeats(int operand) => _shape.Stride(operand, _shape.Rank - 1) == 0;

    /// <summary>Moves to the next run; false after the last.</summary>
    [MethodImpl(Jit.Loop)]
    public bool Next()
    {
        if (_empty) return false;
        if (!_started) return _started = true;
        for (int axis = _shape.Rank - 2; axis >= 0; axis--)
        {
            int length = _shape.Length(axis);
            if (++_at[axis] < length)
            {
                Move(axis, 1);
                return true;
            }
            _at[axis] = 0;
            Move(axis, 1 - length);
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Move(int axis, nint steps)
    {
        A += steps * _shape.Stride(0, axis);
        B += steps * _shape.Stride(1, axis);
        C += steps * _shape.Stride(2, axis);
    }

    [InlineArray(BroadcastShape.RankMax)]
    private struct Counters
    {
        private int _first;
    }
}
