using Graft.Adapters.Form;

namespace Graft.Adapters.Methods;

/// <summary>
/// torch.svd_lowrank(W, q, niter=2) after torch.manual_seed: the singular vectors of W within a subspace that two power iterations find from
/// a random start (Halko et al. 2011, arXiv 0909.4061, algorithm 5.1). With q below the rank of W they are not those of W. Signs are arbitrary.
/// </summary>
internal static class LowRankSvd
{
    private const int Iterations = 2;

    /// <returns>U (rows, q) and V (columns, q).</returns>
    public static (Matrix U, Matrix V) Of(Matrix matrix, int rank, ulong seed)
    {
        if (matrix.Rows < matrix.Columns)
        {
            var (v, u) = Of(matrix.Transposed(), rank, seed);
            return (u, v);
        }
        var start = new Matrix(matrix.Columns, rank, new TorchGenerator(seed).Normal(matrix.Columns * rank));
        var basis = LinearAlgebra.HouseholderQ(matrix.Times(start));
        var transposed = matrix.Transposed();
        for (int i = 0; i < Iterations; i++) basis = LinearAlgebra.HouseholderQ(matrix.Times(LinearAlgebra.HouseholderQ(transposed.Times(basis))));
        var (inner, _, right) = SingularValues.Of(basis.Transposed().Times(matrix));
        return (basis.Times(inner), right);
    }
}
