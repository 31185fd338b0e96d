using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// FRoD: W' = U (S + diag(l)) V^T, V stored for each kind of module, U the normalised columns of W V^-T, S sparse at stored places.
/// </summary>
internal sealed class Frod : IAdapterMethod
{
    public static string Name => "FROD";

    public static MethodTraits Traits => MethodTraits.Linear;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("sparse_rate", "projection_prng_key", "save_projection", "regularization_alpha", "runtime_offload_base_weight", "frod_dropout", "init_weights");
        var shared = new Dictionary<string, (Matrix V, long[] Places)>(StringComparer.Ordinal);
        return MethodReading.Each(source, ["frod_lambda_l", "frod_lambda_s_values"], module =>
        {
            float[] diagonal = source.Tensors.Take(module, "frod_lambda_l", 1).Values, values = source.Tensors.Take(module, "frod_lambda_s_values", 1).Values;
            string kind = Kind(module);
            if (!shared.TryGetValue(kind, out var projection))
            {
                if (!source.Tensors.HasKey("base_model.frod_V." + kind)) throw source.Problem($"\"base_model.frod_V.{kind}\" is missing; save the adapter with save_projection=True");
                projection = (source.Tensors.TakeKey("base_model.frod_V." + kind, 2).AsMatrix(), source.Tensors.TakeIntegers("base_model.frod_s_indices." + kind));
                source.Tensors.TakeIntegers("base_model.frod_s_size." + kind);
                shared.Add(kind, projection);
            }
            var (v, places) = projection;
            if (places.Length != 2 * values.Length) throw source.Problem($"module \"{module}\": {values.Length} values need twice as many places, not {places.Length}");
            return TermsChange.Replace(module, m =>
            {
                var basis = m.Weight.Times(LinearAlgebra.Inverse(v).Transposed());
                float[] norms = basis.Transposed().RowNorms();
                var inner = new Matrix(diagonal.Length, diagonal.Length);
                for (int i = 0; i < diagonal.Length; i++) inner[i, i] = diagonal[i];
                for (int i = 0; i < values.Length; i++) Sparse.Add(inner, places[i], places[values.Length + i], values[i]);
                return basis.ScaledColumns(Array.ConvertAll(norms, n => n > 1e-12f ? 1 / n : 0)).Times(inner).Times(v.Transposed());
            });
        });
    }

    /// <summary>The last two parts of the path; attention outputs are told from feed-forward ones.</summary>
    private static string Kind(string module)
    {
        string[] parts = module.Split('.');
        if (parts.Length < 2) return parts[0];
        string kind = $"{parts[^2]}_{parts[^1]}";
        return kind == "output_dense" && parts.Length >= 3 && parts[^3] == "attention" ? "attention_output_dense" : kind;
    }
}
