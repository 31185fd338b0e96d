namespace Graft.Ops.Moves;

/// <summary>Makes the step that runs a mover on operands of any type.</summary>
internal static class Move
{
    /// <summary>Every type whose elements can be moved.</summary>
    public const string Types = $"{Fixed}|str";

    /// <summary>Those whose elements have a fixed size.</summary>
    public const string Fixed =
        "f32|f16|bf16|f64|f8e4|f8e5|i8|u8|i16|u16|i32|u32|i64|u64|i4|u4|i2|bool|c64|c128|resource";

    /// <summary>Bytes of an element as movers see it.</summary>
    public static int ElementBytes(DType type) => type == DType.String ? sizeof(int) : Math.Max(type.Bits() / 8, 1);

    /// <summary>Calls an action with an integer type of as many bytes as movers see of an element.</summary>
    public static TResult DispatchElement<TAction, TResult>(DType type, ref TAction action)
        where TAction : struct, IDTypeAction<TResult> => ElementBytes(type) switch
        {
            1 => action.Invoke<byte>(),
            2 => action.Invoke<ushort>(),
            4 => action.Invoke<uint>(),
            8 => action.Invoke<ulong>(),
            _ => action.Invoke<UInt128>(),
        };

    /// <summary>The step that moves from these inputs, which have one type, to these outputs.</summary>
    public static IStep Step(in PrepareContext c, IMover mover, int[] inputs, int[] outputs)
    {
        var operands = new MoveOperands(c, inputs, outputs);
        if (operands.Type == DType.String) return new StringMoveStep(mover, operands);
        return operands.Type.IsPacked() ? new PackedMoveStep(mover, operands) : new MoveStep(mover, operands);
    }

    /// <summary>The same from input 0 to output 0.</summary>
    public static IStep Step(in PrepareContext c, IMover mover) => Step(c, mover, [0], [0]);

    /// <summary>Steps of each axis of a dense tensor, in elements.</summary>
    public static long[] Strides(Shape shape)
    {
        var strides = new long[shape.Rank];
        long step = 1;
        for (int a = shape.Rank - 1; a >= 0; a--)
        {
            strides[a] = step;
            step *= shape[a];
        }
        return strides;
    }
}
