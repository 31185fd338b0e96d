using System.Collections.Immutable;
using Graft.Adapters.Binding;
using Graft.Adapters.Binding.Values;
using Graft.Adapters.Combining;
using Graft.Adapters.Form;
using Graft.Adapters.Merging;
using Graft.Adapters.Methods;
using Graft.Graphs;
using Graft.Safetensors;

namespace Graft.Adapters;

/// <summary>From a folder or file to a bound adapter: read, bind, check that it does something. Whatever fails, nothing is left behind.</summary>
internal static class AdapterLoader
{
    /// <param name="model">The model to bind to.</param>
    /// <param name="path">The adapter's folder or file.</param>
    /// <param name="options">How.</param>
    /// <param name="name">Its name where the options give none; null for that of the folder or file.</param>
    public static Adapter Load(Model model, string path, AdapterOptions options, string? name = null)
    {
        var imported = AdapterFile.Read(path, options);
        return Bind(model, path, imported, FindMap(model, path, imported, options), options, name);
    }

    /// <summary>The same with a map that is already there.</summary>
    public static Adapter Load(Model model, string path, BindingMap map, AdapterOptions options) => Bind(model, path, AdapterFile.Read(path, options), map, options);

    private static Adapter Bind(Model model, string path, ImportedAdapter imported, BindingMap map, AdapterOptions options, string? name = null)
    {
        name = options.Name ?? name ?? NameOf(path);
        string? weights = options.BaseWeights is { } given ? WeightsFile(given) : null;
        map = PathDrift.InTermsOf(map, imported.Changes.Select(c => c.Module));
        imported = imported.On(() => new ModuleSizes(model.Optimized, map, weights).All());
        return Bind(model, name, new([(imported, options.Scale)], map, options.Partial) { BaseWeights = weights }, options.AllowInactive);
    }

    /// <summary>The folder's name, or the file's without its extension.</summary>
    public static string NameOf(string path)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return File.Exists(path) ? Path.GetFileNameWithoutExtension(name) : name;
    }

    /// <summary>One adapter of several bound ones that act together.</summary>
    public static Adapter Combine(Model model, string name, ReadOnlySpan<(Adapter Adapter, float Scale)> adapters)
    {
        var parts = ImmutableArray.CreateBuilder<(ImportedAdapter, float)>();
        var modules = new Dictionary<string, ModuleBinding>(StringComparer.Ordinal);
        bool isPartial = false;
        string? baseWeights = null;
        foreach (var (adapter, scale) in adapters)
        {
            foreach (var (imported, own) in adapter.Parts.Adapters)
            {
                if (adapters.Length > 1 && !imported.Traits.HasFlag(MethodTraits.Combinable))
                    throw new AdapterException($"adapter \"{adapter.Name}\": {imported.Method} cannot act together with others");
                parts.Add((imported, own * scale));
            }
            isPartial |= adapter.Parts.IsPartial;
            baseWeights ??= adapter.Parts.BaseWeights;
            foreach (var (module, binding) in adapter.Parts.Map.Modules) modules.TryAdd(module, binding);
        }
        return Bind(model, name, new(parts.ToImmutable(), new(modules), isPartial) { BaseWeights = baseWeights }, allowInactive: false);
    }

    /// <summary>One LoRA adapter made of several.</summary>
    public static Adapter Combine(Model model, string name, CombinationOptions options, ReadOnlySpan<(Adapter Adapter, float Scale)> adapters)
    {
        var imported = new List<(string, ImportedAdapter, float)>();
        var modules = new Dictionary<string, ModuleBinding>(StringComparer.Ordinal);
        foreach (var (adapter, scale) in adapters)
        {
            foreach (var (part, own) in adapter.Parts.Adapters) imported.Add((adapter.Name, part, own * scale));
            foreach (var (module, binding) in adapter.Parts.Map.Modules) modules.TryAdd(module, binding);
        }
        var parts = new AdapterParts([(new LoraCombiner(options).Combine(imported), 1)], new(modules), adapters[0].Adapter.Parts.IsPartial);
        return Bind(model, name, parts, allowInactive: false);
    }

    private static Adapter Bind(Model model, string name, AdapterParts parts, bool allowInactive)
    {
        try
        {
            var resolved = AdapterBinder.Resolve(model.Optimized, model.Source, parts);
            if (resolved.IsActive || allowInactive) return new(model, name, parts, resolved.Pack());
            resolved.Dispose();
            throw new AdapterException("it changes nothing: all its effects are zero (allow that with AllowInactive)");
        }
        catch (AdapterException e)
        {
            throw new AdapterException($"adapter \"{name}\": {e.Message}", e);
        }
    }

    /// <summary>The graph of the model with the adapter in its weights.</summary>
    public static (Graph Graph, ImmutableArray<MergedTensor> Merged) Merge(Adapter adapter, double minFidelity)
    {
        try
        {
            var graph = adapter.Model.Optimized;
            return Merger.Merge(graph, AdapterBinder.Resolve(graph, adapter.Model.Source, adapter.Parts), 1 - minFidelity);
        }
        catch (AdapterException e)
        {
            throw new AdapterException($"adapter \"{adapter.Name}\": {e.Message}", e);
        }
    }

    /// <summary>A map of the whole base, from the values of its weights.</summary>
    public static ValueBinding MakeMap(Model model, string weights)
    {
        try
        {
            return ValueBinder.Bind(model.Optimized, SafetensorsFile.Open(WeightsFile(weights)));
        }
        catch (SafetensorsException e)
        {
            throw new AdapterException(e.Message, e);
        }
    }

    /// <summary>The file with a base's weights: itself, or that in a folder of transformers.</summary>
    private static string WeightsFile(string path)
    {
        const string InFolder = "model.safetensors";
        if (!Directory.Exists(path)) return path;
        string file = Path.Combine(path, InFolder);
        if (File.Exists(file)) return file;
        string hint = File.Exists(file + ".index.json") ? "its weights are split into several files; save them as one (max_shard_size)" : "save the base with save_pretrained, or name the .safetensors file";
        throw new AdapterException($"{path}: there is no {InFolder} in this folder; {hint}");
    }

    private static BindingMap FindMap(Model model, string path, ImportedAdapter imported, AdapterOptions options)
    {
        string beside = Path.Combine(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!, BindingMapFile.DefaultName);
        string? file = options.BindingMap ?? (File.Exists(beside) ? beside : null);
        if (file is not null) return BindingMapFile.Read(file, model.Optimized);
        if (options.BaseWeights is { } weights) return MakeMap(model, weights).Map;
        var named = NameBinder.Bind(model.Optimized, imported.Changes.Select(c => c.Module));
        if (named.Modules.Count > 0 || imported.Changes.IsEmpty) return named;
        throw new AdapterException($"nothing tells which layers of the model are which modules of the adapter's base: there is no {beside}, the options name neither a "
            + "binding map nor the base's weights, and the model's names tell nothing; make a map with 'graft adapter bind'");
    }
}
