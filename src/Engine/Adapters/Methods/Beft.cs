using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>BEFT: a vector is added to the outputs.</summary>
internal sealed class Beft : IAdapterMethod
{
    public static string Name => "BEFT";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("init_weights");
        return MethodReading.Each(source, ["beft_bias"], module =>
        {
            float[] bias = source.Tensors.Take(module, "beft_bias").Values;
            return new TermsChange(module, true, (m, weight, terms) =>
            {
                if (bias.Length != m.Outputs) throw new ArgumentException($"beft_bias has {bias.Length} elements");
                terms.AddBias(Array.ConvertAll(bias, v => v * weight));
            });
        });
    }
}
