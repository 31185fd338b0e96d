using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Adapters.Peft;
using Graft.Adapters.Running;

namespace Graft.Adapters.Hub;

/// <summary>
/// LoRA as AdapterHub has it: dy = alpha / r * B (A x) with <c>composition_mode</c> add; with scale, as in (IA)3, y' = alpha * b * y, bias
/// included, b the only column of B. With a gate dy = gate * B (A x), whatever alpha.
/// </summary>
internal static class HubLora
{
    private const string Scale = "scale", Add = "add";

    /// <summary>Where the layers of attention and feed-forward are, by the letter of <c>attn_matrices</c> or the key that turns them on.</summary>
    private static readonly (string Key, string Place)[] Attention = [("q", "attention.self.query"), ("k", "attention.self.key"), ("v", "attention.self.value")];
    private static readonly (string Key, string Place)[] Others = [("intermediate_lora", "intermediate.dense"), ("output_lora", "output.dense")];

    public static ImportedAdapter Read(HubSource source)
    {
        var config = source.Config;
        config.Ignore("dropout", "dtype", "init_weights", "init_weights_seed");
        config.Refuse("use_dora", "DoRA of AdapterHub is not supported");
        foreach (string key in (string[])["vera_d", "vera_b"])
        {
            if (config.Has(key)) throw source.Problem($"\"{key}\" is set: VeRA of AdapterHub is not supported");
        }
        string mode = config.Text("composition_mode") ?? Add;
        int rank = config.Count("r", 8);
        double alpha = config.Number("alpha") ?? 8;
        if (mode is not (Add or Scale)) throw source.Problem($"\"composition_mode\" is \"{mode}\" (known: {Add}, {Scale})");
        bool isGated = config.Flag("use_gating");
        if (mode == Scale && isGated) throw source.Problem($"\"use_gating\" with \"composition_mode\" {Scale} is not supported");
        if (mode == Scale && rank != 1) throw source.Problem($"\"composition_mode\" {Scale} needs \"r\" 1, not {rank}");
        string a = $"loras.{source.Name}.lora_A", b = $"loras.{source.Name}.lora_B";
        var changes = source.Modules([a, b], Places(source)).Select(m => Change(source, m, a, b, mode, rank, alpha));
        if (isGated) return new("LORA", MethodTraits.Unmerged, [.. source.Modules([a, b], Places(source)).Select(m => Gated(source, m, a, b, rank))], 0);
        return mode == Scale ? new("IA3", MethodTraits.Linear, [.. changes], 0) : new("LORA", MethodTraits.Additive, [.. changes], 0);
    }

    private static List<string> Places(HubSource source)
    {
        var places = new List<string>();
        string[] letters = source.Config.List("attn_matrices") ?? ["q", "v"];
        foreach (string letter in letters)
        {
            if (!Attention.Any(p => p.Key == letter))
                throw source.Problem($"\"attn_matrices\" names \"{letter}\" (supported: {string.Join(", ", Attention.Select(p => p.Key))})");
        }
        if (source.Config.Flag("selfattn_lora", true)) places.AddRange(Attention.Where(p => letters.Contains(p.Key)).Select(p => p.Place));
        places.AddRange(Others.Where(p => source.Config.Flag(p.Key)).Select(p => p.Place));
        return places;
    }

    private static IModuleChange Change(HubSource source, string module, string a, string b, string mode, int rank, double alpha)
    {
        var second = Second(source, module, b, rank);
        if (mode == Scale) return new Ia3Change(module, second with { Values = Array.ConvertAll(second.Values, v => (float)(v * alpha)) }, isFeedForward: false);
        return new LoraChange(module, First(source, module, a, rank), second, (float)(alpha / rank), magnitude: null, bias: null);
    }

    /// <summary>With a gate there is no alpha / r.</summary>
    private static TermsChange Gated(HubSource source, string module, string a, string b, int rank)
    {
        Matrix first = First(source, module, a, rank).AsMatrix(), second = Second(source, module, b, rank).AsMatrix();
        var gate = HubGate.Read(source, module, $"loras.{source.Name}.gate", first.Columns);
        return new(module, false, (m, _, terms) =>
        {
            if (first.Columns != m.Inputs || second.Rows != m.Outputs) throw new ArgumentException($"factors {second.Rows} x {second.Columns} and {first.Rows} x {first.Columns}");
            terms.AddFunction(new GatedLowRank(first, null, second, gate, isBatchWide: false));
        });
    }

    private static AdapterTensor First(HubSource source, string module, string parameter, int rank)
    {
        var first = source.Tensors.Take(module, parameter, 2);
        return first.Shape[0] == rank ? first : throw source.Problem($"{first} has rank {first.Shape[0]}, but the configuration says {rank}");
    }

    private static AdapterTensor Second(HubSource source, string module, string parameter, int rank)
    {
        var second = source.Tensors.Take(module, parameter, 2);
        return second.Shape[1] == rank ? second : throw source.Problem($"{second} has rank {second.Shape[1]}, but the configuration says {rank}");
    }
}
