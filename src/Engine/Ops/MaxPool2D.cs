using Graft.Ops.Pooling;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MAX_POOL_2D: the largest of the window's elements that lie in the image.</summary>
internal sealed class MaxPool2D(Pool2D pool) : IOp<MaxPool2D>
{
    public static OpSignature Signature => new(BuiltinOperator.MaxPool2D, 3, "f32|f16|i8|u8|i16 -> =0");

    public static MaxPool2D Read(in OperatorDef def) => new(Pool2D.Read(def));

    public void Infer(in InferContext c) => pool.Infer(c);

    public IStep Prepare(in PrepareContext c) => PoolSteps.Max(c, pool.Geometry(c), pool.Activation);
}
