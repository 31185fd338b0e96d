using System.Numerics;
using Graft.Kernels.RandomNumbers;
using Graft.Ops.RandomNumbers;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MULTINOMIAL: for each row of logits as many class numbers as input 1 says, drawn with the softmax as probabilities.</summary>
internal sealed class Multinomial(RandomSeeds seeds) : IOp<Multinomial>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.Multinomial, 1, "f32 i32 -> i32|i64");

    public static Multinomial Read(in OperatorDef def) => new(RandomSeeds.Read(def));

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank == 2 && c.Shape(0)[1] > 0, $"the logits have shape {c.Shape(0)}; [rows,classes] is expected");
        c.Require(c.Shape(1).ElementCount == 1, $"the number of samples has shape {c.Shape(1)}; one element is expected");
        if (c.TryIntegers(1, out var samples)) c.SetOutput(0, c.Shape(0)[0], samples[0]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var cumulative = c.ScratchShared((long)c.Shape(0)[1] * sizeof(double));
        return c.Output(0).Type == DType.Int32
            ? new Step<int>(seeds.For(c), c.In(0), c.Out(0), c.OutputShape(0), c.Shape(0)[1], cumulative)
            : new Step<long>(seeds.For(c), c.In(0), c.Out(0), c.OutputShape(0), c.Shape(0)[1], cumulative);
    }

    private sealed class Step<T>(RandomSeeds.Stream stream, Operand logits, Operand output, Shape shape, int classes, Scratch scratch) : IStep
        where T : unmanaged, IBinaryInteger<T>
    {
        /// <summary>Blocks that a run moves the stream on by, for each four samples rounded up: what TensorFlow reserves.</summary>
        private const ulong BlocksPerSample = 2 * 256;

        public void Run(in RunContext c)
        {
            var random = stream.Get(c);
            var start = random.Position;
            var from = c.Read<float>(logits);
            var to = c.Write<T>(output);
            var cumulative = c.Scratch<double>(scratch)[..classes];
            Philox.Block block = default;
            int samples = shape[1], used = 4;
            for (int row = 0; row < shape[0]; row++)
            {
                Distributions.Accumulate(from.Slice(row * classes, classes), cumulative);
                foreach (ref var sample in to.Slice(row * samples, samples))
                {
                    if (used == 4) (block, used) = (random.Next(), 0);
                    sample = T.CreateTruncating(Distributions.Draw(cumulative, Distributions.Uniform(block[used], block[used + 1])));
                    used += 2;
                }
            }
            random.Position = start + (ulong)shape[0] * (((ulong)samples + 3) / 4 * 4) * BlocksPerSample;
        }
    }
}
