using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>Gathers the factors A (r, in) and B (out, r) of a file without a configuration of its own, and makes an adapter of complete pairs.</summary>
internal sealed class FactorPairs
{
    /// <summary>More than this many tensors no adapter has.</summary>
    public const int CountMax = 65_536;

    /// <summary>Longest name of a tensor, in bytes.</summary>
    public const int NameMax = 512;

    private readonly SortedDictionary<string, (AdapterTensor? A, AdapterTensor? B)> _modules = new(StringComparer.Ordinal);
    private long _byteCount;

    /// <exception cref="AdapterException">The tensor is no finite matrix, or the module has that factor already.</exception>
    public void Add(string module, bool isB, AdapterTensor factor)
    {
        if (factor.Shape.Length != 2 || factor.Values.Length == 0) throw new AdapterException($"{factor} must be a matrix");
        if (factor.FirstNotFinite() is { } bad) throw new AdapterException($"{factor} holds {bad}; an adapter must be finite");
        _modules.TryGetValue(module, out var pair);
        if ((isB ? pair.B : pair.A) is { } twice) throw new AdapterException($"{twice} and {factor} both are the factor {(isB ? "B" : "A")} of module \"{module}\"");
        _modules[module] = isB ? (pair.A, factor) : (factor, pair.B);
        _byteCount += factor.Values.Length * (long)sizeof(float);
    }

    /// <summary>The adapter: dy = s B (A x), s by the rank.</summary>
    /// <param name="scale">s of a rank.</param>
    /// <param name="embedding">The path of the embedding, whose factors are of (r, vocabulary) and (channels, r); null for none.</param>
    /// <exception cref="AdapterException">A pair is incomplete, or its ranks differ; or there is none.</exception>
    public ImportedAdapter Adapter(Func<int, float> scale, string? embedding = null)
    {
        if (_modules.Count == 0) throw new AdapterException("the adapter has no tensors, so it would do nothing");
        var changes = new List<IModuleChange>();
        foreach (var (module, (a, b)) in _modules)
        {
            if (a is null || b is null) throw new AdapterException($"module \"{module}\" has {a ?? b}, but no factor {(a is null ? "A" : "B")}");
            if (a.Shape[0] != b.Shape[1]) throw new AdapterException($"module \"{module}\": {a} and {b} are as A of rank {a.Shape[0]} and B of rank {b.Shape[1]}");
            changes.Add(new LoraChange(module, a, b, scale(a.Shape[0]), magnitude: null, bias: null) { IsEmbedding = module == embedding });
        }
        return new(Lora.Name, Lora.Traits, [.. changes], _byteCount);
    }
}
