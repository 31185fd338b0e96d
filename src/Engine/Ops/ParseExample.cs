using Graft.Ops.Examples;

namespace Graft.Ops;

/// <summary>
/// The custom operator ParseExample: serialised tf.train.Example messages (input 0) to sparse and dense tensors. Inputs from 2 on are the
/// keys of the sparse features, those of the dense ones, and the latter's default values; input 1 names the examples and is not used.
/// </summary>
internal sealed class ParseExample : IOp<ParseExample>
{
    public static OpSignature Signature => new("ParseExample", "str str f32|i64|str?* -> f32|i64|str*");

    public static ParseExample Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => Layout(c.InputCount, c.OutputCount).Infer(c);

    public IStep Prepare(in PrepareContext c) => new ParseStep(c, Layout(c.InputCount, c.OutputCount));

    private static ExampleLayout Layout(int inputs, int outputs) => ExampleLayout.OfInputs(inputs, outputs);
}
