namespace Graft.Adapters.Methods;

/// <summary>
/// The order in which a base's modules come where numbers in their paths count layers: by number, otherwise as text. Inside a layer, the
/// order of definition is not known from names; query, key, value and the like follow custom.
/// </summary>
internal static class NaturalOrder
{
    private static readonly string[] Customary = ["embed", "wte", "wpe", "attn", "attention", "self", "c_attn", "q_proj", "query", "k_proj", "key", "v_proj", "value", "o_proj",
        "out_proj", "c_proj", "intermediate", "gate_proj", "up_proj", "down_proj", "mlp", "c_fc", "output", "dense", "pooler", "classifier", "lm_head"];

    public static int Compare(string? a, string? b)
    {
        string[] left = a!.Split('.'), right = b!.Split('.');
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] == right[i]) continue;
            bool areNumbers = int.TryParse(left[i], out int x) & int.TryParse(right[i], out int y);
            if (areNumbers) return x.CompareTo(y);
            int p = Array.IndexOf(Customary, left[i]), q = Array.IndexOf(Customary, right[i]);
            return p >= 0 && q >= 0 ? p.CompareTo(q) : string.CompareOrdinal(left[i], right[i]);
        }
        return left.Length.CompareTo(right.Length);
    }
}
