using System.Globalization;
using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// AdaMSS (Zheng et al. 2025): y += B_k A_k P [x, 1] in the rows of cluster k, P stored, with a column for the bias where the base has one. Which
/// rows form a cluster is not stored: it follows from the base's weight and bias, by k-means on the rows of U of their low-rank decomposition
/// U S P. That P comes out again, and the clusters' sizes, shows that the weights are those that the adapter was trained with.
/// </summary>
internal sealed class Adamss : IAdapterMethod
{
    private const string Projection = "adamss_newB", FactorA = "adamss_A.", FactorB = "adamss_B.";
    private const int Iterations = 10;
    private const uint ClusterSeed = 123456789;

    /// <summary>The least cosine between a row of P and what comes out again for it.</summary>
    private const double SameDirection = 0.99;

    public static string Name => "ADAMSS";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("r", "num_subspaces", "subspace_rank", "use_dynamic_rank", "svd_threshold", "init_weights");
        config.Ignore("use_asa", "asa_importance_beta", "asa_uncertainty_beta", "asa_schedule_exponent", "asa_target_subspaces", "init_warmup", "final_warmup", "mask_interval");
        long seed = config.Integer("random_seed") ?? 0;
        return MethodReading.Each(source, [Projection], module =>
        {
            var projection = source.Tensors.Take(module, Projection, 2).AsMatrix();
            var factors = new List<Matrix>();
            for (int k = 0; source.Tensors.TryTake(module, FactorB + k.ToString(CultureInfo.InvariantCulture), 2)?.AsMatrix() is { } b; k++)
            {
                var a = source.Tensors.Take(module, FactorA + k.ToString(CultureInfo.InvariantCulture), 2).AsMatrix();
                if (a.Columns != projection.Rows || b.Columns != a.Rows) throw source.Problem($"module \"{module}\": factors {b.Rows} x {b.Columns} and {a.Rows} x {a.Columns} of subspace {k} do not fit");
                factors.Add(b.Times(a));
            }
            if (factors.Count == 0) throw source.Problem($"module \"{module}\" has no \"{FactorB}0\"");
            return new TermsChange(module, true, (m, weight, terms) => Resolve(m, weight, terms, projection, factors, (ulong)seed));
        });
    }

    private static void Resolve(BaseModule m, float weight, LinearTerms terms, Matrix projection, List<Matrix> factors, ulong seed)
    {
        bool hasBias = projection.Columns == m.Inputs + 1;
        if (m.Kind != ModuleKind.Linear || projection.Columns != m.Inputs && !hasBias || projection.Rows > Math.Min(m.Outputs, projection.Columns) || factors.Sum(f => f.Rows) != m.Outputs)
            throw new ArgumentException($"a projection {projection.Rows} x {projection.Columns} and {factors.Sum(f => f.Rows)} rows of factors");
        int[] labels = Clusters(m, projection, factors, seed, hasBias);
        var b = new Matrix(m.Outputs, projection.Rows);
        var next = new int[factors.Count];
        for (int r = 0; r < b.Rows; r++) factors[labels[r]].Row(next[labels[r]]++).CopyTo(b.Row(r));
        b = b.Scaled(weight);
        var columns = projection.Transposed();
        terms.AddLowRank(new Matrix(m.Inputs, projection.Rows, columns.Values[..(m.Inputs * projection.Rows)]).Transposed(), b);
        if (hasBias) terms.AddBias(b.Times(columns.Row(m.Inputs)));
    }

    private static int[] Clusters(BaseModule m, Matrix projection, List<Matrix> factors, ulong seed, bool hasBias)
    {
        Matrix weight = m.Stored("weight") ?? m.Weight;
        float[] bias = hasBias ? m.Stored("bias")?.Values ?? m.Bias : [];
        if (weight.Rows != m.Outputs || weight.Columns != m.Inputs || hasBias && bias.Length != m.Outputs) throw new ArgumentException($"base weights {weight.Rows} x {weight.Columns}");
        var joined = new Matrix(m.Outputs, projection.Columns);
        for (int r = 0; r < joined.Rows; r++)
        {
            weight.Row(r).CopyTo(joined.Row(r));
            if (hasBias) joined[r, m.Inputs] = bias[r];
        }
        var (u, v) = LowRankSvd.Of(joined, projection.Rows, seed);
        int[] labels = KMeans.Labels(u, factors.Count, Iterations, ClusterSeed);
        bool isSame = factors.Select((f, k) => labels.Count(l => l == k) == f.Rows).All(same => same) && Enumerable.Range(0, projection.Rows).All(k => Cosine(projection.Row(k), v, k) >= SameDirection);
        return isSame ? labels : throw new AdapterException($"module \"{m.Name}\": which rows belong together was not saved, and the weights at hand do not give the subspaces that the adapter was trained with: "
            + "they are quantised, or of another base; give the base's weights (BaseWeights)");
    }

    private static double Cosine(ReadOnlySpan<float> row, Matrix columns, int column)
    {
        double dot = 0, squares = 0, others = 0;
        for (int i = 0; i < row.Length; i++)
        {
            double other = columns[i, column];
            (dot, squares, others) = (dot + row[i] * other, squares + (double)row[i] * row[i], others + other * other);
        }
        return Math.Abs(dot) / Math.Sqrt(squares * others);
    }
}
