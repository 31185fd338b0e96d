using Graft.Ops.Examples;

namespace Graft.Ops;

/// <summary>
/// The custom operator ParseExampleV2: serialised tf.train.Example messages (input 0) to sparse and dense tensors. Inputs 2 to 4 are the
/// keys of the sparse, dense and ragged features, those behind them the default values of the dense ones. Ragged features are refused.
/// </summary>
internal sealed class ParseExampleV2 : IOp<ParseExampleV2>
{
    private const int SparseKeys = 2, DenseKeys = 3, RaggedKeys = 4;

    public static OpSignature Signature => new("ParseExampleV2", "str str str str str f32|i64|str?* -> f32|i64|str*");

    public static ParseExampleV2 Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(RaggedKeys).ElementCount == 0, $"there are {c.Shape(RaggedKeys).ElementCount} ragged features; only sparse and dense ones are supported");
        Layout(c.Shape(SparseKeys), c.Shape(DenseKeys)).Infer(c);
    }

    public IStep Prepare(in PrepareContext c) => new ParseStep(c, Layout(c.Shape(SparseKeys), c.Shape(DenseKeys)));

    private static ExampleLayout Layout(Shape sparse, Shape dense) =>
        ExampleLayout.OfVectors((int)Math.Min(sparse.ElementCount, int.MaxValue / 8), (int)Math.Min(dense.ElementCount, int.MaxValue / 8));
}
