using Graft.Kernels.RandomNumbers;
using Graft.Ops.RandomNumbers;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RANDOM_STANDARD_NORMAL: numbers of mean 0 and variance 1 in the shape that input 0 holds.</summary>
internal sealed class RandomStandardNormal(RandomSeeds seeds) : IOp<RandomStandardNormal>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.RandomStandardNormal, 1, "i32 -> f32");

    public static RandomStandardNormal Read(in OperatorDef def) => new(RandomSeeds.Read(def));

    public void Infer(in InferContext c) => RandomStep.Infer(c);

    public IStep Prepare(in PrepareContext c) => new RandomStep(seeds.For(c), Distributions.FillNormal, c.Out(0));
}
