using Graft.Ops.Pooling;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>AVERAGE_POOL_2D: the mean of the window's elements that lie in the image; integers round half away from zero.</summary>
internal sealed class AveragePool2D(Pool2D pool) : IOp<AveragePool2D>
{
    public static OpSignature Signature => new(BuiltinOperator.AveragePool2D, 3, "f32|f16|i8|u8|i16 -> =0");

    public static AveragePool2D Read(in OperatorDef def) => new(Pool2D.Read(def));

    public void Infer(in InferContext c) => pool.Infer(c);

    public IStep Prepare(in PrepareContext c) => PoolSteps.Mean(c, pool.Geometry(c), pool.Activation);
}
