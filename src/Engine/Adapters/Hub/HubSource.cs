using Graft.Adapters.Form;
using Graft.Adapters.Peft;
using Graft.Kernels.Recurrent;

namespace Graft.Adapters.Hub;

/// <summary>One method's part of a configuration, with the tensors of the whole adapter.</summary>
/// <param name="Config">The part.</param>
/// <param name="Tensors">All tensors.</param>
/// <param name="Name">The adapter's name, as in the tensors'.</param>
internal sealed record HubSource(PeftConfig Config, AdapterTensors Tensors, string Name)
{
    /// <summary>Channels of the base, where the file tells.</summary>
    public int? HiddenSize { get; init; }

    /// <summary>The class of the base, where the file tells.</summary>
    public string? ModelClass { get; init; }

    /// <summary>The function that the key "non_linearity" names.</summary>
    public VectorFunction Activation(string name) => RowActivation.Find(name) ?? throw Problem($"\"non_linearity\" is \"{name}\" (supported: {RowActivation.Names})");

    public AdapterException Problem(string text) => new($"{Config.Path}: {text}");

    /// <summary>
    /// Modules that have one of the parameters, which must be at the configured places, all of them in every layer that has any.
    /// </summary>
    /// <param name="parameters">What marks a module.</param>
    /// <param name="places">Ends of the paths of modules that the configuration names, from behind the layer's number.</param>
    public string[] Modules(ReadOnlySpan<string> parameters, IReadOnlyCollection<string> places)
    {
        int[] leftOut = Config.Integers("leave_out") ?? [];
        string[] modules = Tensors.Modules(parameters);
        if (modules.Length == 0) throw Problem($"no tensor's name ends in {string.Join(" or ", parameters.ToArray())}, so the adapter would do nothing");
        var layers = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string module in modules)
        {
            var (layer, number, place) = Split(module);
            if (!places.Contains(place))
                throw Problem($"there are tensors for module \"{module}\", but the configuration names {(places.Count == 0 ? "no place" : string.Join(", ", places))}");
            if (leftOut.Contains(number)) throw Problem($"there are tensors for module \"{module}\", but \"leave_out\" names layer {number}");
            if (!layers.TryGetValue(layer, out var found)) layers[layer] = found = [];
            found.Add(place);
        }
        foreach (var (layer, found) in layers)
        {
            if (places.FirstOrDefault(p => !found.Contains(p)) is { } missing) throw Problem($"there are no tensors for module \"{layer}.{missing}\", which the configuration names");
        }
        return modules;
    }

    /// <summary>The path up to a layer's number, the number, and the rest.</summary>
    private (string Layer, int Number, string Place) Split(string module)
    {
        string[] parts = module.Split('.');
        int at = Array.FindIndex(parts, p => int.TryParse(p, out _));
        if (at < 0 || at == parts.Length - 1) throw Problem($"module \"{module}\" is in no numbered layer");
        return (string.Join('.', parts[..(at + 1)]), int.Parse(parts[at], System.Globalization.CultureInfo.InvariantCulture), string.Join('.', parts[(at + 1)..]));
    }
}
