using System.Numerics;
using Graft.Kernels.Move;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>Rows of source 0 picked by an index operand: see <see cref="GatherRows"/> for the arrangement.</summary>
internal sealed record GatherShape(int Blocks, int Outer, int Count, int AxisLength, int RowBytes)
{
    public IMover Mover(in PrepareContext c, int indices)
    {
        var make = new Make { Shape = this, Indices = c.In(indices) };
        return NumberTypes.DispatchIndex<Make, IMover>(c.Type(indices), ref make);
    }

    private struct Make : IIndexAction<IMover>
    {
        public GatherShape Shape;
        public Operand Indices;

        public readonly IMover Invoke<T>() where T : unmanaged, IBinaryInteger<T> => new GatherMover<T>(Shape, Indices);
    }
}

/// <summary>The mover of a <see cref="GatherShape"/>: a unit is a target row.</summary>
internal sealed class GatherMover<TIndex>(GatherShape shape, Operand indices) : IMover
    where TIndex : unmanaged, IBinaryInteger<TIndex>
{
    public int Units => shape.Blocks * shape.Count;

    public long Cost => (long)Units * Math.Max(shape.RowBytes / 4, 4);

    public void Run(in MoveMemory memory, int begin, int end)
    {
        var values = memory.Context.Read<TIndex>(indices);
        int wrong = GatherRows.Run(memory.Source(0), memory.Target(0), values, shape.Count, shape.Outer,
            shape.AxisLength, shape.RowBytes, begin, end);
        if (wrong >= 0) StepFault.Raise($"index {wrong} is {values[wrong]}, outside [0, {shape.AxisLength})");
    }
}
