using System.Collections.Immutable;
using Graft.Adapters.Binding;
using Graft.Adapters.Binding.Values;
using Graft.Adapters.Form;
using Graft.Conformance.Adapters;
using Graft.Graphs;
using Graft.Safetensors;

namespace Graft.Tests;

/// <summary>The modules of every base in the corpus are found in every export of it by their values alone, as the corpus itself says where they are.</summary>
public sealed class BindingByValue
{
    /// <summary>Folder of a base, and the name of an export of it.</summary>
    public static TheoryData<string, string> Exports()
    {
        var data = new TheoryData<string, string>();
        if (SharedCorpus.Shared is null) return data;
        foreach (string folder in Directory.GetDirectories(SharedCorpus.Path("peft")).Order(StringComparer.Ordinal))
        {
            if (!File.Exists(Path.Combine(folder, "hf", "model.safetensors"))) continue;
            foreach (string file in Directory.GetFiles(folder, "*.tflite").Order(StringComparer.Ordinal)) data.Add(Path.GetFileName(folder), Path.GetFileName(file));
        }
        return data;
    }

    [SharedFact]
    public void There_are_exports() => Assert.True(Exports().Count() > 30);

    [Theory]
    [MemberData(nameof(Exports), DisableDiscoveryEnumeration = true)]
    public void Values_tell_what_the_corpus_says(string folder, string file)
    {
        using var model = Model.Load(SharedCorpus.Path("peft", folder, file));
        var expected = BindingFile.Read(SharedCorpus.Path("peft", folder, "binding.json"), file, model);
        var weights = SafetensorsFile.Open(SharedCorpus.Path("peft", folder, "hf", "model.safetensors"));
        var found = ValueBinder.Bind(Nameless(model.Optimized), weights).Map;

        string[] names = [.. expected.Modules.Keys.Where(m => !IsTiedOutput(m, found)).Order(StringComparer.Ordinal)];
        Assert.Equal(names, found.Modules.Keys.Order(StringComparer.Ordinal));
        foreach (string name in names) Same(expected.Modules[name], found.Modules[name]);
    }

    /// <summary>The output layer of a base whose embedding it is has no parameter of its own.</summary>
    private static bool IsTiedOutput(string module, BindingMap found) => module == "lm_head" && found.Modules.Values.Any(m => m.Placements.Any(p => p.IsTied));

    private static void Same(ModuleBinding expected, ModuleBinding found)
    {
        Assert.Equal(expected.Kind, found.Kind);
        var places = found.Placements.Where(p => !p.IsTied || expected.Placements.Any(e => e.IsTied)).OrderBy(Order).ToArray();
        Assert.Equal(expected.Placements.OrderBy(Order).Select(Where), places.Select(Where));
        foreach (var (want, have) in expected.Placements.OrderBy(Order).Zip(places))
        {
            Same(want.RowFactor, have.RowFactor, expected.Name);
            Same(want.ColumnFactor, have.ColumnFactor, expected.Name);
            Same(want.InputOffset, have.InputOffset, expected.Name);
            Same(want.OutputOffset, have.OutputOffset, expected.Name);
        }
    }

    private static (int, int, int) Order(Placement p) => (p.Subgraph, p.Node, p.Operand);

    private static (int, int, int, Orientation, (int, int)) Where(Placement p) => (p.Subgraph, p.Node, p.Operand, p.Orientation, p.TableRows);

    private static void Same(FoldedVector? expected, FoldedVector? found, string module)
    {
        Assert.True(expected?.Source == found?.Source, $"{module}: \"{expected?.Source}\" was folded in, not \"{found?.Source}\"");
        if (expected is null) return;
        double size = expected.Values.Max(v => Math.Abs(v));
        // The corpus takes some of them from the export, where they are rounded to 8 bits.
        for (int i = 0; i < expected.Values.Length; i++) Assert.True(Math.Abs(expected.Values[i] - found!.Values[i]) <= 0.01 * size, $"{module}: {expected.Source}[{i}] is {expected.Values[i]}, not {found!.Values[i]}");
    }

    /// <summary>The graph without any name of a tensor.</summary>
    private static Graph Nameless(Graph graph) => graph with
    {
        Subgraphs = [.. graph.Subgraphs.Select(s => s with { Tensors = [.. s.Tensors.Select(t => t with { Name = "" })] })],
    };
}
