using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MATRIX_DIAG: square matrices with the input's rows on their diagonals and zeros elsewhere.</summary>
internal sealed class MatrixDiag : IOp<MatrixDiag>
{
    public static OpSignature Signature => new(BuiltinOperator.MatrixDiag, 1, $"{Move.Fixed} -> =0");

    public static MatrixDiag Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank > 0, "a scalar is no diagonal");
        c.SetOutput(0, [.. shape.Dimensions, shape[^1]]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var matrix = c.OutputShape(0);
        var mover = new CopyMover(c.Type(0), isSequence: true);
        mover.Fill([new(checked((int)matrix.ElementCount), 0, 1)], new byte[Move.ElementBytes(c.Type(0))]);
        mover.Copy(Diagonals.Axes(matrix));
        return Move.Step(c, mover);
    }
}
