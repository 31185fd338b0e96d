using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MATRIX_SET_DIAG: the matrices in input 0 with their diagonals replaced by input 1.</summary>
internal sealed class MatrixSetDiag : IOp<MatrixSetDiag>, IInPlace
{
    public static OpSignature Signature => new(BuiltinOperator.MatrixSetDiag, 1, $"{Move.Types} =0 -> =0");

    public ReadOnlySpan<int> InPlaceInputs => [0];

    public static MatrixSetDiag Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        Shape matrices = c.Shape(0), diagonals = c.Shape(1);
        bool fits = matrices.Rank >= 2 && diagonals.Rank == matrices.Rank - 1
            && diagonals.Dimensions[..^1].SequenceEqual(matrices.Dimensions[..^2])
                && diagonals[^1] == Math.Min(matrices[^1], matrices[^2]);
        c.Require(fits, $"{diagonals} are not the diagonals of {matrices}");
        c.SetOutput(0, matrices);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var matrices = c.Shape(0);
        var mover = new CopyMover(c.Type(0), isSequence: true);
        mover.Copy([new(checked((int)matrices.ElementCount), 1, 1)]);
        mover.Copy(Diagonals.Axes(matrices), source: 1);
        return Move.Step(c, mover, [0, 1], [0]);
    }
}
