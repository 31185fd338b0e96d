namespace Graft.Ops.Recurrent;

/// <summary>What LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM share: shapes and steps.</summary>
internal static class FullLstm
{
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
        var sizes = LstmShapes.Sizes(c, layout, attributes.TimeMajor);
        var output = new SequenceOutput(c.Out(0), sizes.Outputs, 0, false);
        if (c.Type(0) == DType.Float32) return LstmFloatStep.Prepare(c, layout, attributes, sizes, output).Alone();
        if (c.Node.Intermediates.Length == Lstm8Step.Intermediates) return Lstm8Step.Prepare(c, layout, attributes, sizes);
        return SilentLstmStep.Applies(c, layout) ? new SilentLstmStep(c, layout) : LstmIntStep.Prepare(c, layout, attributes, sizes, output).Alone();
    }
}
