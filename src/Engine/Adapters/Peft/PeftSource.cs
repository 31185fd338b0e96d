using Graft.Adapters.Form;

namespace Graft.Adapters.Peft;

/// <summary>Configuration and tensors of one adapter, as a method reads them.</summary>
internal sealed record PeftSource(PeftConfig Config, AdapterTensors Tensors)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>States that the method found tensors for a module, which must then be a target of the configuration.</summary>
    public void CheckTarget(string module, string key = "target_modules")
    {
        // The output projection of torch's attention lies inside the module that is the target.
        int wrapped = module.IndexOf(".base_layer.", StringComparison.Ordinal);
        if (wrapped > 0) module = module[..wrapped];
        _seen.Add(module);
        if (!Config.Has(key)) return;
        if (!NamePatterns.IsTarget(Config, key, module))
            throw new AdapterException($"{Config.Path}: there are tensors for module \"{module}\", but \"{key}\" does not name it");
    }

    /// <summary>Refuses names of the configuration's list for which no tensor was found.</summary>
    public void CheckAllTargeted(string key = "target_modules")
    {
        if (Config.List(key) is not { } names)
        {
            if (_seen.Count == 0 && Config.IsText(key)) throw new AdapterException($"{Config.Path}: \"{key}\" matches no module that has tensors");
            return;
        }
        foreach (string name in names)
        {
            if (!_seen.Any(m => NamePatterns.IsAny([name], m)))
                throw new AdapterException($"{Config.Path}: \"{key}\" names \"{name}\", but there are no tensors for such a module");
        }
    }

    public AdapterException Problem(string text) => new($"{Config.Path}: {text}");
}
