using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// LoHa (Hyeon-Woo et al. 2022, arXiv 2108.06098): dW = (alpha / r) (W1a W1b) * (W2a W2b), elementwise; convolutions may have CP factors t1,
/// t2 with dW[o,i] = sum t[k,l] w_a[k,o] w_b[l,i].
/// </summary>
internal sealed class LoHa : IAdapterMethod
{
    public static string Name => "LOHA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("use_effective_conv2d");
        int rank = config.Count("r", 8);
        double alpha = config.Number("alpha") ?? 8;
        return MethodReading.Each(source, ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"], module =>
        {
            int r = (int)MethodReading.Pattern(config, "rank_pattern", module, rank);
            float scale = (float)(MethodReading.Pattern(config, "alpha_pattern", module, alpha) / r);
            Matrix first = Product(source, module, "1", r), second = Product(source, module, "2", r);
            if (first.Values.Length != second.Values.Length) throw source.Problem($"module \"{module}\": the two products differ in size");
            var product = new float[first.Values.Length];
            for (int i = 0; i < product.Length; i++) product[i] = first.Values[i] * second.Values[i] * scale;
            return TermsChange.Dense(module, m => new(m.Outputs, m.Inputs, product));
        });
    }

    private static Matrix Product(PeftSource source, string module, string which, int rank)
    {
        var a = source.Tensors.Take(module, $"hada_w{which}_a", 2);
        var b = source.Tensors.Take(module, $"hada_w{which}_b", 2);
        var core = source.Tensors.TryTake(module, $"hada_t{which}", 4);
        if (core is not null) return CpProduct.Of(source, core, a, b);
        if (a.Shape[1] != rank || b.Shape[0] != rank) throw source.Problem($"{a} and {b} must have rank {rank}");
        return a.AsMatrix().Times(b.AsMatrix());
    }
}
