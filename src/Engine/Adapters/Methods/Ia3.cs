using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// (IA)3 (Liu et al. 2022, arXiv 2205.05638): outputs times a vector, bias included, y = l * (W x + b); for feed-forward modules inputs
/// times a vector, y = W (l * x) + b.
/// </summary>
internal sealed class Ia3 : IAdapterMethod
{
    private const string Parameter = "ia3_l";

    public static string Name => "IA3";

    public static MethodTraits Traits => MethodTraits.Linear | MethodTraits.Combinable;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("fan_in_fan_out", "init_ia3_weights", "exclude_modules", "target_modules");
        if (config.List("feedforward_modules") is { } inner && config.List("target_modules") is { } targets && inner.FirstOrDefault(m => !targets.Contains(m)) is { } stray)
            throw source.Problem($"\"feedforward_modules\" names \"{stray}\", which \"target_modules\" does not");
        var changes = new List<IModuleChange>();
        foreach (string module in source.Tensors.Modules(Parameter))
        {
            source.CheckTarget(module);
            bool isFeedForward = NamePatterns.IsTarget(config, "feedforward_modules", module);
            var vector = source.Tensors.Take(module, Parameter);
            changes.Add(new Ia3Change(module, vector, isFeedForward));
        }
        source.CheckAllTargeted();
        return changes;
    }
}

/// <summary>The vector of one module.</summary>
internal sealed class Ia3Change(string module, AdapterTensor vector, bool isFeedForward) : IModuleChange
{
    public string Module { get; } = module;

    public bool ActsOnSum => true;

    public void Resolve(BaseModule module, float weight, LinearTerms terms)
    {
        Scales.RequireOne(Module, weight);
        bool isFilter = module.Kind == ModuleKind.Convolution;
        int length = !isFeedForward ? module.Outputs : isFilter ? module.Filter.GroupChannels * module.Filter.Groups : module.Inputs;
        int[] shape = isFilter ? [1, length, 1, 1] : isFeedForward ? [1, length] : [length, 1];
        if (!vector.Shape.SequenceEqual(shape)) throw new AdapterException($"{vector} must be [{string.Join(",", shape)}] for module \"{Module}\"");
        if (isFeedForward)
        {
            if (isFilter && module.Filter.Groups > 1) throw new AdapterException($"module \"{Module}\": scaling the inputs of a grouped convolution is not supported");
            int repeats = module.Inputs / length;
            var factors = new float[module.Inputs];
            for (int i = 0; i < factors.Length; i++) factors[i] = vector.Values[i / repeats] - 1;
            terms.AddDense(module.Weight.ScaledColumns(factors));
            return;
        }
        terms.ScaleOutputs(vector.Values);
        if (!module.HasBias) return;
        var bias = new float[module.Outputs];
        for (int i = 0; i < bias.Length; i++) bias[i] = (vector.Values[i] - 1) * module.Bias[i];
        terms.AddBias(bias);
    }
}
