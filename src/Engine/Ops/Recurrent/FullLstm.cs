namespace Graft.Ops.Recurrent;

/// <summary>What LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM share: operands, shapes and steps.</summary>
internal static class FullLstm
{
    /// <summary>Input; weights; recurrent weights; peepholes; biases; projection; states; layer norms.</summary>
    public static string[] Rows =>
    [
        "f32 f32? f32 f32 f32 f32? f32 f32 f32 f32? f32? f32? f32? f32 f32 f32 f32? f32? f32 f32 f32? f32? f32? f32? -> f32",
        "f32 =2? i8|u8 =2 =2 =2? =2 =2 =2 =2? =2? =2? f32? f32 f32 f32 =2? f32? f32 f32 f32? f32? f32? f32? -> f32",
        "i8 i8? i8 i8 i8 i8? i8 i8 i8 i16? i16? i16? i32? i32 i32 i32 i8? i32? i8|i16 i16 i16? i16? i16? i16? -> i8",
    ];

    public static void Infer(in InferContext c, LstmAttributes attributes, int rank)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == rank, $"input {input} must have {rank} dimensions");
        var sizes = LstmShapes.Check(c, LstmLayout.Single, attributes.TimeMajor);
        c.SetOutput(0, [.. input.Dimensions[..^1], sizes.Outputs]);
    }

    public static IStep Prepare(in PrepareContext c, LstmAttributes attributes)
    {
        var layout = LstmLayout.Single;
        int outputs = c.OutputShape(0)[^1], cells = c.Shape(layout.InputWeights + (int)LstmGate.Output)[0];
        var sizes = SequenceSizes.Of(c.Shape(0), attributes.TimeMajor, cells, outputs);
        var output = new SequenceOutput(c.Out(0), outputs, 0, false);
        if (c.Type(0) == DType.Float32) return LstmFloatStep.Prepare(c, layout, attributes, sizes, output);
        return c.Node.Intermediates.Length == Lstm8Step.Intermediates
            ? Lstm8Step.Prepare(c, layout, attributes, sizes)
            : LstmIntStep.Prepare(c, layout, attributes, sizes, output);
    }
}
