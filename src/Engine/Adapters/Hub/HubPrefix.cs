using Graft.Adapters.Form;
using Graft.Adapters.Methods;

namespace Graft.Adapters.Hub;

/// <summary>
/// Prefix tuning of AdapterHub: the keys and values themselves (<c>flat</c>), or an embedding of each token and two layers that make them.
/// The file holds them once for the model and again in every layer. Positions stay those without a prefix.
/// </summary>
internal static class HubPrefix
{
    private const string Parts = "prefix_tunings.", Location = ".self_prefix.";

    public static ImportedAdapter Read(HubSource source)
    {
        var config = source.Config;
        config.Ignore("dropout", "init_weights_seed", "encoder_prefix", "cross_prefix");
        config.Refuse("leave_out", "a prefix for some of the layers only is not supported");
        int tokens = config.Count("prefix_length", 30);
        string marker = $"{Parts}{source.Name}{Location}";
        string[] stems = [.. source.Tensors.Names.Where(n => n.Contains(marker, StringComparison.Ordinal)).Select(n => n[..(n.IndexOf(marker, StringComparison.Ordinal) + marker.Length)]).Distinct()];
        if (stems.Length == 0) throw source.Problem($"no tensor's name contains \"{marker}\", so the adapter would do nothing (prefixes of encoders and of cross attention are not supported)");
        bool isFlat = config.Flag("flat");
        int bottleneck = config.Count("bottleneck_size", 512);
        string activation = config.Text("non_linearity") ?? "tanh";
        float[][] copies = [.. stems.Select(s => isFlat ? source.Tensors.TakeKey(s + "control_trans", 1).Values : Made(source, s, tokens, bottleneck, activation))];
        foreach (float[] copy in copies[1..])
        {
            if (!copy.AsSpan().SequenceEqual(copies[0])) throw source.Problem($"\"{stems[0]}*\" is stored {copies.Length} times, and not with the same values");
        }
        int width = source.HiddenSize ?? throw source.Problem("\"hidden_size\" is missing beside \"config\"");
        if (copies[0].Length == 0 || copies[0].Length % (2L * tokens * width) != 0)
            throw source.Problem($"{copies[0].Length} elements are no keys and values of {tokens} tokens with {width} elements each");
        var prefix = new KeyValuePrefix(tokens, copies[0].Length / (2 * tokens * width), width, copies[0], MovesPositions: false);
        int gateOutputs = config.Flag("shared_gating", true) ? 1 : 2;
        if (!config.Flag("use_gating")) return new(PrefixTuning.Name, PrefixTuning.Traits, [], 0) { Prefix = prefix };
        return new(PrefixTuning.Name, MethodTraits.Unmerged, [], 0) { Prefix = prefix with { Gates = Gates(source, prefix, gateOutputs) } };
    }

    /// <summary>A gate of each layer's attention, for keys and values together or one for each; it sees what the queries are made of.</summary>
    private static PrefixGates[] Gates(HubSource source, KeyValuePrefix prefix, int outputs)
    {
        const string Place = ".prefix_tuning";
        string gate = $"prefix_gates.{source.Name}";
        string[] modules = source.Tensors.Modules(gate + ".weight");
        if (modules.Length != prefix.Layers) throw source.Problem($"there are gates \"{gate}\" for {modules.Length} layers, but the prefix is for {prefix.Layers}");
        Array.Sort(modules, NaturalOrder.Compare);
        return [.. modules.Select(module =>
        {
            if (!module.EndsWith(Place, StringComparison.Ordinal)) throw source.Problem($"module \"{module}\" has a gate, but is no attention's \"{Place}\"");
            var gates = HubGate.Read(source, module, gate, prefix.Width, outputs);
            return new PrefixGates(module[..^Place.Length] + ".query", gates[0], gates[^1]);
        })];
    }

    /// <summary>W2 f(W1 e + b1) + b2 of each token's embedding.</summary>
    private static float[] Made(HubSource source, string stem, int tokens, int bottleneck, string activation)
    {
        var function = source.Activation(activation);
        var table = source.Tensors.TakeKey(stem + "wte.weight", 2);
        if (table.Shape[0] != tokens) throw source.Problem($"{table} must have {tokens} rows");
        var hidden = Layer(source, stem + "control_trans.0", table.AsMatrix());
        if (hidden.Columns != bottleneck) throw source.Problem($"\"{stem}control_trans.0\" has {hidden.Columns} outputs, but \"bottleneck_size\" is {bottleneck}");
        function(hidden.Values);
        return Layer(source, stem + "control_trans.2", hidden).Values;
    }

    private static Matrix Layer(HubSource source, string name, Matrix rows)
    {
        var weight = source.Tensors.TakeKey(name + ".weight", 2);
        var bias = source.Tensors.TakeKey(name + ".bias", 1);
        if (weight.Shape[1] != rows.Columns || bias.Values.Length != weight.Shape[0]) throw source.Problem($"{weight} and {bias} do not fit each other and rows of {rows.Columns}");
        var product = rows.Times(weight.AsMatrix().Transposed());
        for (int r = 0; r < product.Rows; r++)
        {
            var row = product.Row(r);
            for (int i = 0; i < row.Length; i++) row[i] += bias.Values[i];
        }
        return product;
    }
}
