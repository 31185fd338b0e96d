using Graft.Adapters.Form;

namespace Graft.Adapters.Peft;

/// <summary>
/// What any method may store besides its own parameters: whole modules (<c>modules_to_save</c>) and biases that were trained along
/// (<c>bias</c>). Both are new values, not differences.
/// </summary>
internal static class Replacements
{
    private const string Wrapped = ".base_layer";

    /// <summary>Takes them all; what they are not configured for stays and is refused later.</summary>
    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        string bias = source.Config.Text("bias") ?? "none";
        bool biases = bias != "none";
        if (biases && bias != "all" && !bias.EndsWith("_only", StringComparison.Ordinal)) throw source.Problem($"\"bias\" is \"{bias}\" (known: none, all, ..._only)");
        string[] saved = source.Config.List("modules_to_save") ?? [];
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (string key in source.Tensors.Left())
        {
            if (!key.StartsWith(source.Tensors.ModulePrefix, StringComparison.Ordinal)) continue;
            string path = key[source.Tensors.ModulePrefix.Length..];
            string module = path[..Math.Max(path.LastIndexOf('.'), 0)], parameter = path[(module.Length + 1)..];
            if (parameter is not ("weight" or "bias")) continue;
            // A wrapped module that is a target is stored whole when it is an embedding or an output layer.
            bool isWrapped = module.EndsWith(Wrapped, StringComparison.Ordinal);
            if (isWrapped) module = module[..^Wrapped.Length];
            string? owner = saved.FirstOrDefault(s => IsWithin(module, s));
            if (owner is null && !(biases && parameter == "bias") && !(isWrapped && parameter == "weight")) continue;
            if (owner is not null) found.Add(owner);
            if (owner is not null && source.Tensors.Has(module, BatchNormChange.Mean))
            {
                // Reading it takes all its tensors at once; the others come by here again.
                if (parameter == "weight") yield return BatchNormChange.Read(source, module);
                continue;
            }
            var tensor = source.Tensors.TakeKey(key);
            yield return parameter == "weight" ? new ReplacedWeight(module, tensor) : new ReplacedBias(module, tensor);
        }
        // Lists that PEFT adds itself for classification name what heads are called; one of them is enough.
        if (saved.Length > 0 && found.Count == 0) throw source.Problem($"\"modules_to_save\" names {string.Join(", ", saved)}, but there are no tensors for any of them");
    }

    /// <summary>The module itself, by the end of its path, which need not begin at a dot; or below it: a saved block brings all its parts.</summary>
    private static bool IsWithin(string module, string name) => module.EndsWith(name, StringComparison.Ordinal)
        || module.StartsWith(name + ".", StringComparison.Ordinal) || module.Contains("." + name + ".", StringComparison.Ordinal);
}

/// <summary>A module's weight is replaced by the adapter's.</summary>
internal sealed class ReplacedWeight(string module, AdapterTensor weight) : IModuleChange
{
    public string Module { get; } = module;

    public AdapterTensor Tensor { get; } = weight;

    public void Resolve(BaseModule module, float weight, LinearTerms terms)
    {
        Scales.RequireOne(Module, weight);
        var replacement = Tensor.AsMatrix();
        if (module.Kind == ModuleKind.Embedding) replacement = replacement.Transposed();
        if (module.Kind == ModuleKind.Vector) replacement = new(replacement.Values.Length, 1, replacement.Values);
        if (replacement.Rows != module.Outputs || replacement.Columns != module.Inputs)
            throw new AdapterException($"{Tensor} replaces the weight of \"{Module}\", which is {module.Outputs} x {module.Inputs}");
        terms.AddDense(replacement.Plus(module.Weight, -1));
    }
}

/// <summary>A module's bias is replaced by the adapter's.</summary>
internal sealed class ReplacedBias(string module, AdapterTensor bias) : IModuleChange
{
    public string Module { get; } = module;

    public AdapterTensor Tensor { get; } = bias;

    public void Resolve(BaseModule module, float weight, LinearTerms terms)
    {
        Scales.RequireOne(Module, weight);
        if (Tensor.Values.Length != module.Outputs) throw new AdapterException($"{Tensor} replaces the bias of \"{Module}\", which has {module.Outputs} outputs");
        var delta = new float[module.Outputs];
        for (int i = 0; i < delta.Length; i++) delta[i] = Tensor.Values[i] - module.Bias[i];
        terms.AddBias(delta);
    }
}
