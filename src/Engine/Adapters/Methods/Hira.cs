using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>HiRA (Huang et al. 2025): dW = W * (B A), elementwise.</summary>
internal sealed class Hira : IAdapterMethod
{
    public static string Name => "HIRA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("r", "hira_dropout", "init_weights", "rank_pattern");
        return MethodReading.Each(source, ["hira_A", "hira_B", "hira_embedding_A", "hira_embedding_B"], module =>
        {
            string infix = source.Tensors.Has(module, "hira_embedding_A") ? "hira_embedding_" : "hira_";
            var a = source.Tensors.Take(module, infix + "A");
            var b = source.Tensors.Take(module, infix + "B");
            return TermsChange.Dense(module, m =>
            {
                var product = b.AsMatrix().Times(a.AsMatrix());
                if (product.Values.Length != m.Weight.Values.Length) throw new ArgumentException($"factors {b} and {a}");
                return new(m.Outputs, m.Inputs, [.. product.Values.Zip(m.Weight.Values, (p, w) => p * w)]);
            });
        });
    }
}
