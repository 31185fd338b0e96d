using System.Numerics;
using Graft.Kernels.RandomNumbers;
using Graft.Ops.RandomNumbers;
using Graft.Runtime;

namespace Graft.Ops;

/// <summary>The custom operator RandomUniformInt: numbers from input 1 to below input 2 in the shape that input 0 holds, from the bits that TensorFlow takes.</summary>
internal sealed class RandomUniformInt(RandomSeeds seeds) : IOp<RandomUniformInt>, IStateful
{
    public static OpSignature Signature => new("RandomUniformInt", "i32|i64 i32 =1 -> =1", "i32|i64 i64 =1 -> =1");

    public static RandomUniformInt Read(in OperatorDef def) => new(RandomSeeds.Read(def));

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(1).ElementCount == 1 && c.Shape(2).ElementCount == 1, $"bounds of shapes {c.Shape(1)} and {c.Shape(2)} must be one element each");
        RandomStep.Infer(c);
    }

    public IStep Prepare(in PrepareContext c) => c.Type(1) == DType.Int64 ? new Step<long>(seeds.For(c), c) : new Step<int>(seeds.For(c), c);

    private sealed class Step<T>(RandomSeeds.Stream stream, in PrepareContext c) : IStep where T : unmanaged, IBinaryInteger<T>
    {
        private readonly Operand _low = c.In(1), _high = c.In(2), _output = c.Out(0);

        public void Run(in RunContext c)
        {
            T low = c.Read<T>(_low)[0], high = c.Read<T>(_high)[0];
            if (low >= high) StepFault.Raise($"there is no number from {low} to below {high}");
            Distributions.FillUniform(stream.Get(c), low, high, c.Write<T>(_output));
        }
    }
}
