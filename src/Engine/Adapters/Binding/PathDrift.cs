using System.Collections.Immutable;
using Graft.Adapters.Form;

namespace Graft.Adapters.Binding;

/// <summary>
/// Paths of one module differ between classes of a base (<c>bert.encoder.…</c>, <c>encoder.…</c>) and between versions of transformers
/// (<c>language_model.model.layers.…</c>, <c>model.language_model.layers.…</c>). Where all modules of an adapter are in a map but for the same
/// beginning, the map is told in the adapter's terms.
/// </summary>
internal static class PathDrift
{
    /// <summary>Names of wrappers, which say nothing about what a base is.</summary>
    private static readonly HashSet<string> s_wrappers = new(["model", "base_model", "language_model", "text_model", "transformer", "backbone", "module"], StringComparer.Ordinal);

    /// <param name="map">Where modules are, by the base's names.</param>
    /// <param name="modules">What an adapter calls them.</param>
    /// <returns>The map itself where nothing differs, or no single change of beginnings explains what does.</returns>
    public static BindingMap InTermsOf(BindingMap map, IEnumerable<string> modules)
    {
        var wanted = modules.ToHashSet(StringComparer.Ordinal);
        string[] unknown = [.. wanted.Where(m => !map.Modules.ContainsKey(m)).Order(StringComparer.Ordinal)];
        if (unknown.Length == 0) return map;
        var changes = map.Modules.Keys.Select(known => Change(unknown[0], known)).OfType<(string From, string To)>().Distinct().Where(change => unknown.All(m => Explains(m, change))).ToArray();
        return changes is [var (from, to)] ? Renamed(map, to, from, wanted) : map;

        // What the adapter has under the base's own name, too, is another module.
        bool Explains(string module, (string From, string To) change) =>
            Begins(module, change.From) && Changed(module, change.From, change.To) is var name && map.Modules.ContainsKey(name) && !wanted.Contains(name);
    }

    /// <summary>The beginnings in which two paths differ; null for what does not end alike, or differs in more than the names of wrappers.</summary>
    private static (string From, string To)? Change(string module, string known)
    {
        string[] a = module.Split('.'), b = known.Split('.');
        int same = 0;
        while (same < Math.Min(a.Length, b.Length) && a[^(same + 1)] == b[^(same + 1)]) same++;
        string[] from = a[..^same], to = b[..^same];
        bool isOneEmpty = from.Length == 0 || to.Length == 0;
        if (same == 0 || from.Concat(to).Any(s => s.All(char.IsAsciiDigit)) || !(isOneEmpty || from.Concat(to).All(s_wrappers.Contains))) return null;
        return (string.Join('.', from), string.Join('.', to));
    }

    /// <summary>The map with another beginning for all names but those that are wanted as they are.</summary>
    private static BindingMap Renamed(BindingMap map, string from, string to, HashSet<string> wanted)
    {
        string Name(string path) => Begins(path, from) && !wanted.Contains(path) ? Changed(path, from, to) : path;
        FoldedVector? Folded(FoldedVector? vector) => vector is null || vector.Source.Length == 0 ? vector : vector with { Source = Name(vector.Source) };
        Placement Place(Placement p) => p with { RowFactor = Folded(p.RowFactor), ColumnFactor = Folded(p.ColumnFactor), InputOffset = Folded(p.InputOffset), OutputOffset = Folded(p.OutputOffset) };
        var modules = new Dictionary<string, ModuleBinding>(StringComparer.Ordinal);
        foreach (var binding in map.Modules.Values) modules.TryAdd(Name(binding.Name), binding with { Name = Name(binding.Name), Placements = [.. binding.Placements.Select(Place)] });
        return new(modules);
    }

    private static bool Begins(string path, string beginning) => beginning.Length == 0 || path.StartsWith(beginning + ".", StringComparison.Ordinal);

    private static string Changed(string path, string from, string to)
    {
        string rest = from.Length == 0 ? path : path[(from.Length + 1)..];
        return to.Length == 0 ? rest : $"{to}.{rest}";
    }
}
