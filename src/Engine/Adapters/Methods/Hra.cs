using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// HRA (Yuan et al. 2024, arXiv 2405.17484): W' = W H with H a product of Householder reflections I - 2 u u^T, or with orthogonalised vectors
/// I - 2 U U^T.
/// </summary>
internal sealed class Hra : IAdapterMethod
{
    public static string Name => "HRA";

    public static MethodTraits Traits => MethodTraits.Linear;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("r", "init_weights");
        bool isOrthogonal = source.Config.Flag("apply_GS");
        return MethodReading.Each(source, ["hra_u"], module =>
        {
            var stored = source.Tensors.Take(module, "hra_u", 2).AsMatrix();
            return TermsChange.Replace(module, m =>
            {
                if (stored.Rows != m.Inputs) throw new ArgumentException($"hra_u has {stored.Rows} rows");
                return m.Weight.Times(Reflections(stored, isOrthogonal));
            });
        });
    }

    private static Matrix Reflections(Matrix stored, bool isOrthogonal)
    {
        if (isOrthogonal)
        {
            var basis = LinearAlgebra.Orthonormal(stored);
            return Matrix.Identity(stored.Rows).Plus(basis.Times(basis.Transposed()), -2);
        }
        var vectors = stored.Transposed();
        float[] norms = vectors.RowNorms();
        var product = Matrix.Identity(stored.Rows);
        for (int i = 0; i < vectors.Rows; i++)
        {
            if (norms[i] == 0) throw new ArgumentException($"hra_u has a column of zeros: {i}");
            var u = new Matrix(stored.Rows, 1, Array.ConvertAll(vectors.Row(i).ToArray(), v => v / norms[i]));
            product = product.Plus(product.Times(u).Times(u.Transposed()), -2);
        }
        return product;
    }
}
