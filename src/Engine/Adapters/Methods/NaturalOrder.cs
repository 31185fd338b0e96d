namespace Graft.Adapters.Methods;

/// <summary>
/// The order in which a base's modules come where numbers in their paths count layers: by number, otherwise as text. Inside a layer, the
/// order of definition is not known from names; query, key, value and the like follow custom.
/// </summary>
internal static class NaturalOrder
{
    private static readonly string[] Customary = ["embed", "wte", "wpe", "attn", "attention", "self_attn", "self", "c_attn", "q_proj", "query", "k_proj", "key", "v_proj", "value", "o_proj",
        "out_proj", "intermediate", "gate_proj", "up_proj", "down_proj", "mlp", "c_fc", "c_proj", "output", "dense", "pooler", "classifier", "lm_head"];

    public static int Compare(string? a, string? b)
    {
        string[] left = a!.Split('.'), right = b!.Split('.');
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] != right[i]) return Known(left[i], right[i]) ?? string.CompareOrdinal(left[i], right[i]);
        }
        return left.Length.CompareTo(right.Length);
    }

    /// <summary>Whether numbers or custom tell the order of two modules.</summary>
    public static bool IsKnown(string a, string b)
    {
        foreach (var (left, right) in a.Split('.').Zip(b.Split('.')))
        {
            if (left != right) return Known(left, right) is not null;
        }
        return true;
    }

    private static int? Known(string left, string right)
    {
        if (int.TryParse(left, out int x) && int.TryParse(right, out int y)) return x.CompareTo(y);
        int p = Array.IndexOf(Customary, left), q = Array.IndexOf(Customary, right);
        return p >= 0 && q >= 0 ? p.CompareTo(q) : null;
    }
}
