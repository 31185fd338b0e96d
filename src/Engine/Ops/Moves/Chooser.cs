using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;

namespace Graft.Ops.Moves;

/// <summary>Elements of source 0 where the condition is true, of source 1 where it is not.</summary>
internal sealed class Chooser<T>(BroadcastShape shape, Operand condition) : IMover where T : unmanaged
{
    public int Units => 1;

    public long Cost => shape.Count;

    public void Run(in MoveMemory memory, int begin, int end)
    {
        if (begin >= end) return;
        Choose.Run(shape, memory.Context.Read<byte>(condition), MemoryMarshal.Cast<byte, T>(memory.Source(0)),
            MemoryMarshal.Cast<byte, T>(memory.Source(1)), MemoryMarshal.Cast<byte, T>(memory.Target(0)));
    }
}

/// <summary>Makes the step of SELECT and SELECT_V2, whose shapes broadcast together.</summary>
internal struct ChooserOf : IDTypeAction<IMover>
{
    private BroadcastShape _shape;
    private Operand _condition;

    public static IStep Step(in PrepareContext c, ReadOnlySpan<int> condition, ReadOnlySpan<int> x, ReadOnlySpan<int> y)
    {
        var make = new ChooserOf { _shape = new BroadcastShape(condition, x, y), _condition = c.In(0) };
        return Move.Step(c, Move.DispatchElement<ChooserOf, IMover>(c.Type(1), ref make), [1, 2], [0]);
    }

    public readonly IMover Invoke<T>() where T : unmanaged => new Chooser<T>(_shape, _condition);
}
