using Graft.Ops.Pooling;

namespace Graft.Ops;

/// <summary>The custom operator LiteRtMaxUnpooling2D: zeros but for the values, each at the element of its image that its index names.</summary>
internal sealed class LiteRtMaxUnpooling2D(PoolStruct options) : IOp<LiteRtMaxUnpooling2D>
{
    public static OpSignature Signature => new("LiteRtMaxUnpooling2D", "f32 i32 -> f32");

    public static LiteRtMaxUnpooling2D Read(in OperatorDef def) => new(PoolStruct.Read(def));

    public void Infer(in InferContext c) => Unpooling.Infer(c, options);

    public IStep Prepare(in PrepareContext c) => Unpooling.For(c, options, inWindow: false);
}
