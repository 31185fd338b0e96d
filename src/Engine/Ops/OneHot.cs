using System.Runtime.InteropServices;
using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// ONE_HOT: a new axis of length depth (input 1), with input 2 at the position that input 0 says and input 3 elsewhere.
/// </summary>
internal sealed class OneHot(int axis) : IOp<OneHot>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.OneHot, 1, $"{NumberTypes.Indices} i32 {Move.Types} =2 -> =2");

    public static OneHot Read(in OperatorDef def) => new(def.Options<OneHotOptionsView>().Axis);

    public void Infer(in InferContext c)
    {
        var indices = c.Shape(0).Dimensions;
        c.Require(axis >= -1 && axis <= indices.Length, $"axis {axis} is outside [-1, {indices.Length}]");
        for (int i = 1; i < 4; i++)
        {
            c.Require(c.Shape(i).ElementCount == 1, $"input {i} must be a scalar; it has shape {c.Shape(i)}");
        }
        if (!c.TryIntegers(1, out int[]? depth)) return;
        c.Require(depth[0] >= 0, $"depth {depth[0]} is negative");
        int at = axis < 0 ? indices.Length : axis;
        c.SetOutput(0, [.. indices[..at], depth[0], .. indices[at..]]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.OutputShape(0);
        int at = axis < 0 ? shape.Rank - 1 : axis;
        var make = new Make
        {
            Indices = RunIntegers.Of(c, 0),
            Count = checked((int)c.Shape(0).ElementCount),
            Depth = shape[at],
            Inner = checked((int)shape.Product(at + 1, shape.Rank)),
        };
        return Move.Step(c, Move.DispatchElement<Make, IMover>(c.Type(2), ref make), [2, 3], [0]);
    }

    private struct Make : IDTypeAction<IMover>
    {
        public RunIntegers Indices;
        public int Count;
        public int Depth;
        public int Inner;

        public readonly IMover Invoke<T>() where T : unmanaged => new Mover<T>(Indices, Count, Depth, Inner);
    }

    private sealed class Mover<T>(RunIntegers indices, int count, int depth, int inner) : IMover where T : unmanaged
    {
        private const int BlockLength = 256;

        public int Units => 1;

        public long Cost => (long)count * depth;

        public void Run(in MoveMemory memory, int begin, int end)
        {
            if (begin >= end) return;
            var on = MemoryMarshal.Cast<byte, T>(memory.Source(0))[0];
            var target = MemoryMarshal.Cast<byte, T>(memory.Target(0));
            target.Fill(MemoryMarshal.Cast<byte, T>(memory.Source(1))[0]);
            Span<long> block = stackalloc long[BlockLength];
            for (int start = 0; start < count; start += block.Length)
            {
                block = block[..Math.Min(BlockLength, count - start)];
                indices.Read(memory.Context, start, block);
                Places.Set(target, block, start, depth, inner, on);
            }
        }
    }
}
