using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Export;

/// <summary>What plain LoRA files can say of one module: dy = s B (A x), and nothing else.</summary>
internal sealed record PlainLora(string Module, AdapterTensor A, AdapterTensor B, float Scale, bool IsEmbedding)
{
    public int Rank => A.Shape[0];

    /// <summary>
    /// The changes of adapters that act together, each with its scale, sorted by module. Where several act on one module, their factors are
    /// joined, A by rows, B by columns with their scales in it, which is PEFT's combination <c>cat</c>: s1 B1 A1 + s2 B2 A2 = [s1 B1, s2 B2] [A1; A2].
    /// </summary>
    /// <exception cref="AdapterException">Something is no plain LoRA; the message names the module and the method.</exception>
    public static IReadOnlyList<PlainLora> Of(IEnumerable<(ImportedAdapter Adapter, float Scale)> adapters)
    {
        var modules = new SortedDictionary<string, PlainLora>(StringComparer.Ordinal);
        foreach (var (adapter, scale) in adapters)
        {
            if (adapter.Prefix is not null) throw new AdapterException($"{adapter.Method} puts keys and values before the sequence; only low-rank factors can be written as plain LoRA");
            foreach (var change in adapter.Changes)
            {
                var lora = Of(adapter, change, scale);
                modules[lora.Module] = modules.TryGetValue(lora.Module, out var before) ? before.And(lora) : lora;
            }
        }
        return modules.Count > 0 ? [.. modules.Values] : throw new AdapterException("there is nothing to write: the adapter changes no module");
    }

    private static PlainLora Of(ImportedAdapter adapter, IModuleChange change, float scale)
    {
        string module = $"module \"{change.Module}\" ({adapter.Method})";
        if (change is not LoraChange lora) throw new AdapterException($"{module}: the change is not low-rank factors and cannot be written as plain LoRA");
        if (!lora.IsPlain) throw new AdapterException($"{module}: more than the factors A and B acts here (DoRA, a bias, or a variant of LoRA), which plain LoRA cannot say");
        if (lora.IsAttentionOutput) throw new AdapterException($"{module}: the output projection of torch's attention has no plain LoRA in PEFT");
        float product = lora.Scale * scale;
        if (!float.IsFinite(product)) throw new AdapterException($"{module}: the scale {lora.Scale} times {scale} is {product}");
        return new(lora.Module, lora.A, lora.B, product, lora.IsEmbedding);
    }

    private PlainLora And(PlainLora other)
    {
        bool fits = IsEmbedding == other.IsEmbedding && A.Shape.AsSpan(1).SequenceEqual(other.A.Shape.AsSpan(1)) && B.Shape[0] == other.B.Shape[0]
            && B.Shape.AsSpan(2).SequenceEqual(other.B.Shape.AsSpan(2)) && B.Shape[1] == Rank && other.B.Shape[1] == other.Rank;
        if (!fits) throw new AdapterException($"module \"{Module}\": {A} and {B} cannot be joined with {other.A} and {other.B}");
        int rank = Rank + other.Rank, outputs = B.Shape[0];
        var b = new float[outputs * rank];
        for (int o = 0; o < outputs; o++)
        {
            CopyScaled(this, o, b.AsSpan(o * rank, Rank));
            CopyScaled(other, o, b.AsSpan(o * rank + Rank, other.Rank));
        }
        return new(Module, new(A.Name, [rank, .. A.Shape[1..]], [.. A.Values, .. other.A.Values]), new(B.Name, [outputs, rank, .. B.Shape[2..]], b), 1, IsEmbedding);
    }

    private static void CopyScaled(PlainLora from, int row, Span<float> to)
    {
        for (int k = 0; k < to.Length; k++) to[k] = from.Scale * from.B.Values[row * from.Rank + k];
    }
}
