using Graft.Adapters.Form;
using Graft.Adapters.Lapack;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// PSOFT (Wu et al. 2025, arXiv 2505.11235): dW = U sqrt(S) (R - I) sqrt(S) Vᵀ, or U S (R - I) Vᵀ, of the largest singular values of the base's
/// weight; R = diag(b) (I + Q)(I - Q)^-1 diag(a), or a truncated series. Only Q, a and b are stored: the signs of singular vectors are those of
/// torch on a CPU.
/// </summary>
internal sealed class Psoft : IAdapterMethod
{
    private const string Stem = "psoft_R.", Weight = Stem + "weight";

    public static string Name => "PSOFT";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("psoft_dropout", "init_weights", "random_seed", "psoft_svd_lowrank_niter", "psoft_alpha");
        string decomposition = config.Text("psoft_svd") ?? "full", split = config.Text("ab_svd_init") ?? "psoft_init";
        if (decomposition != "full") throw source.Problem($"\"psoft_svd\" is \"{decomposition}\" (supported: full)");
        if (split is not ("psoft_init" or "pissa_init")) throw source.Problem($"\"ab_svd_init\" is \"{split}\" (known: psoft_init, pissa_init)");
        int rank = config.Count("r", 32);
        var rotation = Rotation(source, rank);
        return MethodReading.Each(source, [Weight], module =>
        {
            var change = rotation(module).Plus(Matrix.Identity(rank), -1);
            return TermsChange.LowRank(module, m => Factors(m, change, isHalved: split == "pissa_init"));
        });
    }

    private static Func<string, Matrix> Rotation(PeftSource source, int rank)
    {
        var config = source.Config;
        bool isOrthogonal = config.Flag("psoft_orth", true), isSeries = config.Flag("use_cayley_neumann");
        bool scalesRows = config.Flag("psoft_mag_b", true), scalesColumns = config.Flag("psoft_mag_a", true);
        int terms = config.Count("num_cayley_neumann_terms", 5);
        double? bound = config.Number("cayley_neumann_eps");
        return module =>
        {
            var stored = source.Tensors.Take(module, Weight, isOrthogonal ? 1 : 2);
            if (isOrthogonal ? stored.Shape[0] != rank * (rank - 1) / 2 : stored.Shape[0] != rank || stored.Shape[1] != rank)
                throw source.Problem($"{stored} is no {(isOrthogonal ? "upper triangle of a" : "")} matrix of \"r\" {rank} x {rank}");
            var r = isOrthogonal ? Orthogonal(Rotations.Skew(stored.Values, rank)) : stored.AsMatrix();
            if (scalesRows) r = r.ScaledRows(Vector(source, module, "vector_b", rank));
            return scalesColumns ? r.ScaledColumns(Vector(source, module, "vector_a", rank)) : r;
        };

        Matrix Orthogonal(Matrix q) => isSeries ? Rotations.Series(bound is { } b ? Rotations.Bounded(q, b) : q, terms) : Rotations.Cayley(q.Scaled(-1));
    }

    private static float[] Vector(PeftSource source, string module, string name, int rank)
    {
        var vector = source.Tensors.Take(module, Stem + name, 1);
        return vector.Values.Length == rank ? vector.Values : throw source.Problem($"{vector} must have \"r\" = {rank} elements");
    }

    private static (Matrix A, Matrix B) Factors(BaseModule m, Matrix change, bool isHalved)
    {
        int rank = change.Rows;
        if (m.Kind != ModuleKind.Linear || rank > Math.Min(m.Outputs, m.Inputs)) throw new ArgumentException($"a rotation of {rank} singular vectors");
        var weight = m.Stored("weight") ?? (m.IsExact ? m.Weight : throw new AdapterException($"module \"{m.Name}\": what the adapter turns are the singular vectors of the base's weight, "
            + "of which the model has only a rounded form; give the base's weights (BaseWeights)"));
        if (weight.Rows != m.Outputs || weight.Columns != m.Inputs) throw new ArgumentException($"base weights {weight.Rows} x {weight.Columns}");
        try
        {
            var (u, s, vt) = SingularVectors.Stable(weight, rank);
            float[] left = isHalved ? Array.ConvertAll(s, MathF.Sqrt) : s;
            return (isHalved ? vt.ScaledRows(left) : vt, u.ScaledColumns(left).Times(change));
        }
        catch (AdapterException e)
        {
            throw new AdapterException($"module \"{m.Name}\": {e.Message}", e);
        }
    }
}
