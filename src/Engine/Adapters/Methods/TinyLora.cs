using System.Globalization;
using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// TinyLoRA: dW = B (sum of v_i P_i) A with A and B from a singular value decomposition of W, stored, P stored, and v shared by groups of
/// modules in the base's own order.
/// </summary>
internal sealed class TinyLora : IAdapterMethod
{
    private const string Shared = "base_model.tinylora_v.";

    public static string Name => "TINYLORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("r", "u", "projection_seed", "save_projection", "init_v_bound", "init_weights", "tinylora_dropout");
        double tying = config.Number("weight_tying") ?? 0;
        string[] modules = source.Tensors.Modules("tinylora_A");
        Array.Sort(modules, NaturalOrder.Compare);
        int groups = Math.Max(1, (int)Math.Round(modules.Length * (1 - tying), MidpointRounding.ToEven)), size = Math.Max(1, modules.Length / groups);
        var vectors = new Dictionary<int, float[]>();
        return MethodReading.Each(source, ["tinylora_A", "tinylora_B", "tinylora_P"], module =>
        {
            Matrix a = source.Tensors.Take(module, "tinylora_A", 2).AsMatrix(), b = source.Tensors.Take(module, "tinylora_B", 2).AsMatrix();
            var p = source.Tensors.Take(module, "tinylora_P", 3);
            int group = Math.Min(Array.IndexOf(modules, module) / size, groups - 1);
            if (!vectors.TryGetValue(group, out float[]? v))
                vectors[group] = v = source.Tensors.TakeKey(Shared + group.ToString(CultureInfo.InvariantCulture), 1).Values;
            if (p.Shape[0] != v.Length || p.Shape[1] != b.Columns || p.Shape[2] != a.Rows) throw source.Problem($"module \"{module}\": {p} does not fit");
            var r = new Matrix(p.Shape[1], p.Shape[2]);
            for (int i = 0; i < v.Length; i++)
            {
                for (int at = 0; at < r.Values.Length; at++) r.Values[at] += v[i] * p.Values[i * r.Values.Length + at];
            }
            return TermsChange.LowRank(module, _ => (r.Times(a), b));
        });
    }
}
