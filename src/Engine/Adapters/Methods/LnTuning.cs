using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>LN tuning (Zhao et al. 2023, arXiv 2312.11420): the weights and biases of norms are replaced.</summary>
internal sealed class LnTuning : IAdapterMethod
{
    private const string Weight = "ln_tuning_layers.weight", Bias = "ln_tuning_layers.bias";

    public static string Name => "LN_TUNING";

    public static MethodTraits Traits => MethodTraits.Unmerged | MethodTraits.Mergeable;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var changes = new List<IModuleChange>(MethodReading.Each(source, [Weight], m => new ReplacedWeight(m, source.Tensors.Take(m, Weight))));
        foreach (string module in source.Tensors.Modules(Bias)) changes.Add(new ReplacedBias(module, source.Tensors.Take(module, Bias)));
        return changes;
    }
}
