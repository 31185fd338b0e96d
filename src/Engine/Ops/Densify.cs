using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>DENSIFY: the dense form of a sparse constant.</summary>
internal sealed class Densify : IOp<Densify>, IReadsSparse
{
    public static OpSignature Signature =>
        new(BuiltinOperator.Densify, 1, "f32|f16|bf16|f64|f8e4|f8e5|i8|u8|i16|u16|i32|u32|i64|u64|bool|c64|c128 -> =0");

    public static Densify Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var input = c.Input(0);
        c.Require(input.Sparsity is not null && input.Constant.IsPresent,
            "the input must be a constant with a sparse layout");
        string? problem = SparseLayout.Problem(input.Sparsity, c.Shape(0));
        c.Require(problem is null, problem ?? "");
        c.SetOutput(0, c.Shape(0));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make { Layout = new SparseLayout(c.Input(0).Sparsity!, c.Shape(0)), Input = c.In(0),
            Output = c.Out(0) };
        return DTypes.DispatchWidth<Make, IStep>(c.Type(0), ref make);
    }

    private struct Make : IDTypeAction<IStep>
    {
        public SparseLayout Layout;
        public Operand Input;
        public Operand Output;

        public readonly IStep Invoke<T>() where T : unmanaged => new Step<T>(Layout, Input, Output);
    }

    private sealed class Step<T>(SparseLayout layout, Operand input, Operand output) : IStep where T : unmanaged
    {
        public void Run(in RunContext c) => layout.Expand(c.Read<T>(input), c.Write<T>(output));
    }
}
