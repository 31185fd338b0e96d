using Graft.Ops.Pooling;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>The custom operator MaxPool3D: the largest of the window's elements that lie in the volume.</summary>
internal sealed class MaxPool3D(Pool3D pool) : IOp<MaxPool3D>
{
    public static OpSignature Signature => new("MaxPool3D", "f32|i8|i16 -> =0");

    public static MaxPool3D Read(in OperatorDef def) => new(Pool3D.Read(def));

    public void Infer(in InferContext c) => pool.Infer(c);

    public IStep Prepare(in PrepareContext c) => PoolSteps.Max(c, pool.Geometry(c), ActivationFunctionType.None);
}
