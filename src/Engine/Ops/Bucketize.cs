using System.Numerics;
using Graft.Kernels.Segments;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>BUCKETIZE: the number of boundaries, an option, that each element is not below.</summary>
internal sealed class Bucketize(float[] boundaries) : IOp<Bucketize>
{
    public static OpSignature Signature => new(BuiltinOperator.Bucketize, 1, "f32|f64|i32|i64 -> i32");

    public static Bucketize Read(in OperatorDef def) => new(def.Options<BucketizeOptionsView>().Boundaries.ToArray());

    public void Infer(in InferContext c)
    {
        for (int i = 1; i < boundaries.Length; i++)
        {
            c.Require(!(boundaries[i] < boundaries[i - 1]), $"boundary {i} is {boundaries[i]:R}, below the one before it, {boundaries[i - 1]:R}");
        }
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Float32 => new Step<float>(c.In(0), boundaries, c.Out(0)),
        DType.Float64 => new Step<double>(c.In(0), boundaries, c.Out(0)),
        DType.Int32 => new Step<int>(c.In(0), boundaries, c.Out(0)),
        _ => new Step<long>(c.In(0), boundaries, c.Out(0)),
    };

    private sealed class Step<T>(Operand input, float[] boundaries, Operand output) : IStep where T : unmanaged, INumber<T>
    {
        public void Run(in RunContext c) => Buckets.Apply(c.Read<T>(input), boundaries, c.Write<int>(output));
    }
}
