using System.Collections.Immutable;
using Graft.Adapters;
using Graft.Adapters.Binding;
using Graft.Graphs;
using Graft.Loading;
using Graft.Ops;
using Graft.Planning;

namespace Graft;

/// <summary>
/// A loaded <c>.tflite</c> model: verified, immutable, and shared by any number of interpreters and threads. The file is mapped, so that
/// loading touches only what is read.
/// </summary>
public sealed class Model : IDisposable
{
    private readonly ModelBytes _bytes;
    private readonly List<ModelBytes> _external = [];
    private int _disposed;

    /// <summary>Another graph over the bytes of a model.</summary>
    private Model(Model parent, Graph graph, ImmutableArray<MergedTensor> merged)
    {
        parent.Lease();
        (_bytes, _external, PlainFloats, MergedTensors) = (parent._bytes, parent._external, parent.PlainFloats, merged);
        Source = Optimized = graph;
        Packed = new PackedWeights();
        Plans = SourcePlans = new PlanCache(graph, Packed);
    }

    private Model(ModelBytes bytes, string? folder, ModelOptions? options)
    {
        _bytes = bytes;
        try
        {
            var registry = new OpRegistry(options?.CustomOperators ?? []);
            Source = new GraphReader(new BufferWindows(bytes, folder, _external), registry).Read(bytes.FlatBuffer);
            PlainFloats = FloatDemand.IsPlain(Source);
            Packed = new PackedWeights();
            Optimized = Passes.Pipeline.Run(Source, Packed);
            Plans = new PlanCache(Optimized, Packed);
            SourcePlans = new PlanCache(Source, Packed);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>The model's description, as its producer wrote it.</summary>
    public string Description => Source.Description;

    /// <summary>Keys of the signatures, in file order.</summary>
    public ImmutableArray<string> SignatureKeys => [.. Source.Signatures.Select(s => s.Key)];

    /// <summary>Size of the model file in bytes.</summary>
    public long ByteCount => _bytes.Length;

    /// <summary>The weights that <see cref="Merge"/> changed; empty for a model from a file.</summary>
    public ImmutableArray<MergedTensor> MergedTensors { get; } = [];

    /// <summary>The part of the file that describes the model, verified.</summary>
    internal ReadOnlySpan<byte> FlatBuffer => _bytes.FlatBuffer;

    internal Graph Source { get; }

    /// <summary>Whether any adapter was ever bound to the model: interpreters made from then on are planned for adapters.</summary>
    internal bool HasAdapters { get; private set; }

    internal Graph Optimized { get; }

    /// <summary>Whether float results must have the bits of plain loops.</summary>
    internal bool PlainFloats { get; }

    internal PackedWeights Packed { get; }

    internal PlanCache Plans { get; }

    /// <summary>Plans of the graph as the file has it, for runs that must keep every tensor.</summary>
    internal PlanCache SourcePlans { get; }

    /// <summary>Maps and loads a model file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The bytes are malformed.</exception>
    /// <exception cref="UnsupportedModelException">The model uses operators, versions or types that Graft lacks; all are listed.</exception>
    public static Model Load(string path, ModelOptions? options = null) =>
        new(ModelBytes.Open(path, options?.CopyToMemory ?? false), Path.GetDirectoryName(Path.GetFullPath(path)), options);

    /// <summary>Loads a model from bytes, which are copied.</summary>
    /// <exception cref="ModelFormatException">The bytes are malformed.</exception>
    /// <exception cref="UnsupportedModelException">The model uses operators, versions or types that Graft lacks; all are listed.</exception>
    public static Model Load(ReadOnlySpan<byte> bytes, ModelOptions? options = null) => new(ModelBytes.Copy(bytes), null, options);

    /// <summary>
    /// Reads an adapter (a folder of Hugging Face PEFT or of AdapterHub; a GGUF, <c>.onnx_adapter</c> or LiteRT-LM file), binds it to this model and packs it. Interpreters made afterwards switch to it without
    /// delay; one made before plans anew at its first run with an adapter.
    /// </summary>
    /// <param name="path">The adapter's folder or file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="AdapterException">The adapter is malformed, does not fit the model, or would do nothing; the model is as before.</exception>
    public Adapter LoadAdapter(string path, AdapterOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return LoadAdapter(path, options ?? new(), name: null);
    }

    /// <summary>
    /// Finds which layers of this model are which modules of a base, by the values of the base's weights, and writes the map for
    /// <see cref="AdapterOptions.BindingMap"/>. Devices then need the map only.
    /// </summary>
    /// <param name="baseWeights">The base's weights with their names in torch: a <c>.safetensors</c> file, or the folder in which <c>model.safetensors</c> is.</param>
    /// <param name="path">Where the map goes; a file of that name is replaced once the new one is complete.</param>
    /// <returns>How many modules were found, and which were not.</returns>
    /// <exception cref="AdapterException">The weights are malformed, or none of them is in the model.</exception>
    public BindingReport WriteBindingMap(string baseWeights, string path)
    {
        var (map, unbound) = AdapterLoader.MakeMap(this, baseWeights);
        if (map.Modules.Count == 0) throw new AdapterException($"none of the weights of {baseWeights} is in the model");
        BindingMapFile.Write(path, map, Optimized);
        return new(map.Modules.Count, [.. unbound.Select(u => new UnboundModule(u.Module, u.Reason))]);
    }

    internal Adapter LoadAdapter(string path, AdapterOptions options, string? name) => Adapt(AdapterLoader.Load(this, path, options, name));

    internal Adapter LoadAdapter(string path, BindingMap map, AdapterOptions? options = null) => Adapt(AdapterLoader.Load(this, path, map, options ?? new()));

    private Adapter Adapt(Adapter adapter)
    {
        HasAdapters = true;
        return adapter;
    }

    /// <summary>One adapter of several that act together: what they add adds up, what they multiply multiplies.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="adapters">Adapters of this model, each with a factor on its own scale; they may be disposed afterwards.</param>
    /// <exception cref="ArgumentException">There are none, or one belongs to another model.</exception>
    /// <exception cref="AdapterException">They cannot act together; the message names the one and the reason.</exception>
    public Adapter CombineAdapters(string name, params ReadOnlySpan<(Adapter Adapter, float Scale)> adapters)
    {
        CheckCombined(name, adapters);
        return Adapt(AdapterLoader.Combine(this, name, adapters));
    }

    /// <summary>One LoRA adapter made of several, with the arithmetic of PEFT's <c>add_weighted_adapter</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">The method.</param>
    /// <param name="adapters">Plain LoRA adapters of this model, each with its weight; they may be disposed afterwards.</param>
    /// <exception cref="ArgumentException">There are none, one belongs to another model, or an option is out of range.</exception>
    /// <exception cref="AdapterException">An adapter is no plain LoRA, or ranks differ where they must not; the message names it.</exception>
    public Adapter CombineAdapters(string name, CombinationOptions options, params ReadOnlySpan<(Adapter Adapter, float Weight)> adapters)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        CheckCombined(name, adapters);
        return Adapt(AdapterLoader.Combine(this, name, options, adapters));
    }

    private void CheckCombined(string name, ReadOnlySpan<(Adapter Adapter, float)> adapters)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (adapters.IsEmpty) throw new ArgumentException("there is no adapter to combine", nameof(adapters));
        foreach (var (adapter, _) in adapters)
        {
            if (adapter.Model != this) throw new ArgumentException($"adapter \"{adapter.Name}\" is bound to another model", nameof(adapters));
        }
    }

    /// <summary>
    /// A model with an adapter in its weights: as fast as the base, with this one adapter. Nothing of this model changes; dispose the merged
    /// one to be rid of it. The file's bytes are shared; changed weights, and what is packed for speed at the first run, take memory of their own.
    /// Integer weights get new scales, and rounding then loses some of the change: <see cref="MergedTensors"/> says how much.
    /// </summary>
    /// <param name="adapter">An adapter of this model.</param>
    /// <param name="minFidelity">How much of the change of each weight must be left, from 0 to 1.</param>
    /// <exception cref="ArgumentException">The adapter belongs to another model.</exception>
    /// <exception cref="AdapterException">Something of the adapter is no change of weights, or less than <paramref name="minFidelity"/> would be left of it.</exception>
    public Model Merge(Adapter adapter, double minFidelity = 0.75)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentOutOfRangeException.ThrowIfLessThan(minFidelity, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minFidelity, 1);
        if (adapter.Model != this) throw new ArgumentException($"adapter \"{adapter.Name}\" is bound to another model", nameof(adapter));
        var (graph, merged) = AdapterLoader.Merge(adapter, minFidelity);
        return new(this, graph, merged);
    }

    /// <summary>Releases the model's memory once no interpreter uses it any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) Release();
    }

    internal void Lease()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0 || !_bytes.TryLease(), this);
    }

    internal void Release()
    {
        if (!_bytes.Release()) return;
        foreach (var file in _external) file.Release();
    }
}
