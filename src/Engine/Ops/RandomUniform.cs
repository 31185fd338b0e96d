using Graft.Kernels.RandomNumbers;
using Graft.Ops.RandomNumbers;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RANDOM_UNIFORM: numbers in [0, 1) in the shape that input 0 holds.</summary>
internal sealed class RandomUniform(RandomSeeds seeds) : IOp<RandomUniform>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.RandomUniform, 1, "i32 -> f32");

    public static RandomUniform Read(in OperatorDef def) => new(RandomSeeds.Read(def));

    public void Infer(in InferContext c) => RandomStep.Infer(c);

    public IStep Prepare(in PrepareContext c) => new RandomStep(seeds.For(c), Distributions.FillUniform, c.Out(0));
}
