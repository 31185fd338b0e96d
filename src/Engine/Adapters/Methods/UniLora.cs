using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>UniLoRA: LoRA factors whose elements are picked from one shared vector, A = theta[indices] * scales, B likewise.</summary>
internal sealed class UniLora : IAdapterMethod
{
    private const string Shared = "base_model.unilora_theta_d";

    public static string Name => "UNILORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("r", "theta_d_length", "proj_seed", "save_indices", "init_theta_d_bound", "init_weights", "unilora_dropout");
        float[] theta = source.Tensors.TakeKey(Shared, 1).Values;
        if (source.Tensors.Modules("unilora_indices_A").Length == 0)
            throw source.Problem("indices were not saved, and cannot be made again without NumPy's generator; save the adapter with save_indices=True");
        return MethodReading.Each(source, ["unilora_indices_A", "unilora_indices_B"], module => TermsChange.LowRank(module, Factors(source, module, theta)));
    }

    private static Func<BaseModule, (Matrix A, Matrix B)> Factors(PeftSource source, string module, float[] theta)
    {
        Matrix a = Picked(source, module, "A", theta), b = Picked(source, module, "B", theta);
        return _ => (a, b);
    }

    private static Matrix Picked(PeftSource source, string module, string which, float[] theta)
    {
        long[] indices = source.Tensors.TakeIntegers(source.Tensors.Key(module, "unilora_indices_" + which));
        var scales = source.Tensors.Take(module, "unilora_scales_" + which, 2).AsMatrix();
        if (indices.Length != scales.Values.Length) throw source.Problem($"module \"{module}\": indices and scales of {which} differ in number");
        var picked = new Matrix(scales.Rows, scales.Columns);
        for (int i = 0; i < indices.Length; i++)
        {
            if ((ulong)indices[i] >= (ulong)theta.Length) throw source.Problem($"module \"{module}\": index {indices[i]} is outside the vector of {theta.Length}");
            picked.Values[i] = theta[indices[i]] * scales.Values[i];
        }
        return picked;
    }
}
