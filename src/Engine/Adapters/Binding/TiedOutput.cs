using Graft.Adapters.Form;

namespace Graft.Adapters.Binding;

/// <summary>
/// The output layer of a language model whose weight is its embedding's: files of such bases have no parameter of its name, so that values do
/// not tell it, but adapters speak of it.
/// </summary>
internal static class TiedOutput
{
    /// <summary>What libraries of language models call it.</summary>
    private static readonly HashSet<string> s_names = new(["lm_head", "embed_out", "output_projection", "cls.predictions.decoder", "vocab_projector", "proj_out"], StringComparer.Ordinal);

    /// <summary>A map that has it as a module of its own, where an adapter names it and one embedding alone is tied to an output layer.</summary>
    /// <param name="map">What is known.</param>
    /// <param name="modules">The modules that adapters change.</param>
    public static BindingMap Named(BindingMap map, IEnumerable<string> modules)
    {
        string[] names = [.. modules.Where(m => !map.Modules.ContainsKey(m) && s_names.Any(n => m == n || m.EndsWith("." + n, StringComparison.Ordinal)))];
        if (names is not [var name] || map.Modules.Values.Where(m => m.Placements.Any(p => p.IsTied)).ToArray() is not [var table]) return map;
        var places = table.Placements.Where(p => p.IsTied).Select(p => p with { Orientation = p.Orientation == Orientation.TableAsColumns ? Orientation.Columns : Orientation.Rows });
        return new(new Dictionary<string, ModuleBinding>(map.Modules, StringComparer.Ordinal) { [name] = new(name, ModuleKind.Linear, [.. places], table.Evidence) });
    }
}
