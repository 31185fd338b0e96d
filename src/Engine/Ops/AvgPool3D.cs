using Graft.Ops.Pooling;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>The custom operator AvgPool3D: the mean of the window's elements that lie in the volume; integers round half away from zero.</summary>
internal sealed class AvgPool3D(Pool3D pool) : IOp<AvgPool3D>
{
    public static OpSignature Signature => new("AvgPool3D", "f32|i8|i16 -> =0");

    public static AvgPool3D Read(in OperatorDef def) => new(Pool3D.Read(def));

    public void Infer(in InferContext c) => pool.Infer(c);

    public IStep Prepare(in PrepareContext c) => PoolSteps.Mean(c, pool.Geometry(c), ActivationFunctionType.None);
}
