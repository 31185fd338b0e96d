using Graft.Kernels.Pool;
using Graft.Kernels.Reference;
using Graft.Ops.Pooling;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>L2_POOL_2D: the root of the mean square of the window's elements that lie in the image.</summary>
internal sealed class L2Pool2D(Pool2D pool) : IOp<L2Pool2D>
{
    public static OpSignature Signature => new(BuiltinOperator.L2Pool2D, 1, "f32 -> =0");

    public static L2Pool2D Read(in OperatorDef def) => new(Pool2D.Read(def));

    public void Infer(in InferContext c) => pool.Infer(c);

    public IStep Prepare(in PrepareContext c) =>
        PoolSteps.Float<MeanPool<RootMeanSquare>, NaivePool<NaiveRootMeanSquare, float, float>, float>(c, pool.Geometry(c), pool.Activation);
}
