using System.Numerics;
using Graft.Kernels.Move;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_IOTA: each element is its index along an axis of the declared shape.</summary>
internal sealed class StablehloIota(int axis) : IOp<StablehloIota>, IShapeOnly
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloIota, 1, $" -> {NumberTypes.All}");

    public static StablehloIota Read(in OperatorDef def) => new(int.CreateSaturating(def.Options2<StablehloIotaOptionsView>().IotaDimension));

    public void Infer(in InferContext c)
    {
        var shape = c.Output(0).Shape;
        c.Require(axis >= 0 && axis < shape.Rank, $"axis {axis} is outside [0, {shape.Rank - 1}]");
        c.SetOutput(0, shape);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.OutputShape(0);
        var make = new Make { Output = c.Out(0), Length = shape[axis], Inner = (int)shape.Product(axis + 1, shape.Rank) };
        return NumberTypes.Dispatch<Make, IStep>(c.Output(0).Type, ref make);
    }

    private struct Make : INumberAction<IStep>
    {
        public Operand Output;
        public int Length;
        public int Inner;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => new Step<T>(Output, Length, Inner);
    }

    private sealed class Step<T>(Operand output, int length, int inner) : IStep where T : unmanaged, IBinaryNumber<T>
    {
        public void Run(in RunContext c)
        {
            var target = c.Write<T>(output);
            // Floats of more are rounded.
            if (inner == 1 && T.CreateTruncating(length - 1) + T.One == T.CreateTruncating(length))
            {
                for (int at = 0; at < target.Length; at += length) Ramp.Fill(T.Zero, T.One, target.Slice(at, length));
                return;
            }
            for (int at = 0, i = 0; at < target.Length; at += inner, i = i + 1 == length ? 0 : i + 1) target.Slice(at, inner).Fill(T.CreateTruncating(i));
        }
    }
}
