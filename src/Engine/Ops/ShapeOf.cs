using System.Numerics;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SHAPE: the dimensions of the input.</summary>
internal sealed class ShapeOf : IOp<ShapeOf>, IShapeOnly
{
    public static OpSignature Signature => new(BuiltinOperator.Shape, 1, "any -> i32|i64");

    public static ShapeOf Read(in OperatorDef def) => new();

    public void Infer(in InferContext c) => c.SetOutput(0, c.Shape(0).Rank);

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make { Output = c.Out(0), Values = c.Shape(0).Dimensions.ToArray() };
        return NumberTypes.DispatchIndex<Make, IStep>(c.Output(0).Type, ref make);
    }

    private struct Make : IIndexAction<IStep>
    {
        public Operand Output;
        public int[] Values;

        public readonly IStep Invoke<T>()
            where T : unmanaged, IBinaryInteger<T> => new ConstantStep<T>(Output, [.. Values.Select(T.CreateChecked)]);
    }
}
