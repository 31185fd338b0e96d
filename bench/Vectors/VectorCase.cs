using System.Numerics.Tensors;
using Graft.Schema;
using Graft.Tests;

namespace Graft.Bench.Vectors;

/// <summary>What <c>TensorPrimitives</c> does to one or two vectors; reductions give a vector of one element.</summary>
internal delegate void Primitive(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result);

/// <summary>One operator on vectors of floats, and the function of the library that a .NET program would call instead.</summary>
/// <param name="Name">Of the operator.</param>
/// <param name="Inputs">Vectors that it reads: one or two.</param>
/// <param name="IsReduction">Whether one element is what remains.</param>
/// <param name="Primitive">The library's function.</param>
/// <param name="Add">Puts the operator on inputs and an output into a model.</param>
internal sealed record VectorCase(string Name, int Inputs, bool IsReduction, Primitive Primitive, Action<ModelBuilder, int[], int> Add)
{
    public static readonly VectorCase[] All =
    [
        Two(BuiltinOperator.Add, new AddOptionsRecord(), TensorPrimitives.Add), Two(BuiltinOperator.Sub, new SubOptionsRecord(), TensorPrimitives.Subtract),
        Two(BuiltinOperator.Mul, new MulOptionsRecord(), TensorPrimitives.Multiply), Two(BuiltinOperator.Div, new DivOptionsRecord(), TensorPrimitives.Divide),
        Two(BuiltinOperator.Maximum, null, TensorPrimitives.Max), Two(BuiltinOperator.Minimum, null, TensorPrimitives.Min),
        Two(BuiltinOperator.Pow, null, TensorPrimitives.Pow), Two(BuiltinOperator.Atan2, null, TensorPrimitives.Atan2),
        One(BuiltinOperator.Relu, (x, y) => TensorPrimitives.Max(x, 0, y)), One(BuiltinOperator.Abs, TensorPrimitives.Abs), One(BuiltinOperator.Neg, TensorPrimitives.Negate),
        One(BuiltinOperator.Square, (x, y) => TensorPrimitives.Multiply(x, x, y)), One(BuiltinOperator.Sqrt, TensorPrimitives.Sqrt),
        One(BuiltinOperator.Rsqrt, TensorPrimitives.ReciprocalSqrt), One(BuiltinOperator.Floor, TensorPrimitives.Floor), One(BuiltinOperator.Round, TensorPrimitives.Round),
        One(BuiltinOperator.Exp, TensorPrimitives.Exp), One(BuiltinOperator.Log, TensorPrimitives.Log), One(BuiltinOperator.Sin, TensorPrimitives.Sin),
        One(BuiltinOperator.Cos, TensorPrimitives.Cos), One(BuiltinOperator.Tanh, TensorPrimitives.Tanh), One(BuiltinOperator.Logistic, TensorPrimitives.Sigmoid),
        One(BuiltinOperator.Softmax, TensorPrimitives.SoftMax, new SoftmaxOptionsRecord { Beta = 1 }),
        Reduction(BuiltinOperator.Sum, TensorPrimitives.Sum), Reduction(BuiltinOperator.ReduceMax, TensorPrimitives.Max), Reduction(BuiltinOperator.ReduceProd, TensorPrimitives.Product),
        new("ARG_MAX", 1, true, static (x, _, result) => result[0] = TensorPrimitives.IndexOfMax(x),
            static (b, inputs, output) => b.Operator(BuiltinOperator.ArgMax, [inputs[0], b.Constant("axis", [1], 1)], [output], new ArgMaxOptionsRecord { OutputType = TensorType.Int32 })),
    ];

    private delegate void OneVector(ReadOnlySpan<float> x, Span<float> result);

    private static VectorCase One(BuiltinOperator code, OneVector primitive, IBuiltinOptionsRecord? options = null) =>
        new(SchemaNames.Of(code), 1, false, (x, _, result) => primitive(x, result), (b, inputs, output) => b.Operator(code, inputs, [output], options));

    private static VectorCase Two(BuiltinOperator code, IBuiltinOptionsRecord? options, Primitive primitive) =>
        new(SchemaNames.Of(code), 2, false, primitive, (b, inputs, output) => b.Operator(code, inputs, [output], options));

    private static VectorCase Reduction(BuiltinOperator code, Func<ReadOnlySpan<float>, float> primitive) =>
        new(SchemaNames.Of(code), 1, true, (x, _, result) => result[0] = primitive(x),
            (b, inputs, output) => b.Operator(code, [inputs[0], b.Constant("axis", [1], 1)], [output], new ReducerOptionsRecord()));

    /// <summary>A model of this operator on vectors of <paramref name="length"/> elements between 0.1 and 1.9.</summary>
    public byte[] Model(int length)
    {
        var b = new ModelBuilder(Name);
        int[] inputs = [.. Enumerable.Range(0, Inputs).Select(i => b.Input($"x{i}", DType.Float32, 1, length))];
        var type = Name == "ARG_MAX" ? DType.Int32 : DType.Float32;
        int output = IsReduction ? b.Tensor("y", type, 1) : b.Tensor("y", type, 1, length);
        Add(b, inputs, output);
        return b.Output(output).ToBytes();
    }

    /// <summary>Bytes that the operator must read and write.</summary>
    public long Bytes(int length) => (Inputs + (IsReduction ? 0 : 1)) * (long)length * sizeof(float);
}
