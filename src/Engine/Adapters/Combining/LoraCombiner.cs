using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Combining;

/// <summary>
/// Makes one LoRA adapter of several, module by module, with PEFT's arithmetic: factors count by the root of the adapter's weight times
/// its scale, products, which have the scale in them, by the weight.
/// </summary>
internal sealed class LoraCombiner(CombinationOptions options)
{
    // Not for secrets: the same seed must drop the same elements.
    private readonly Random _random = new(options.Seed);

    /// <exception cref="AdapterException">An adapter is no plain LoRA, or ranks differ where they must not.</exception>
    public ImportedAdapter Combine(IReadOnlyList<(string Name, ImportedAdapter Adapter, float Weight)> adapters)
    {
        var modules = new SortedDictionary<string, List<(LoraChange Change, double Weight, string Name)>>(StringComparer.Ordinal);
        foreach (var (name, adapter, weight) in adapters)
        {
            foreach (var change in adapter.Changes)
            {
                if (change is not LoraChange { IsPlain: true } lora || adapter.Prefix is not null)
                    throw new AdapterException($"adapter \"{name}\": module \"{change.Module}\": only plain low-rank factors can be combined by {options.Method}; without options adapters act together as they are");
                if (!modules.TryGetValue(lora.Module, out var found)) modules[lora.Module] = found = [];
                found.Add((lora, weight, name));
            }
        }
        return new(Lora.Name, Lora.Traits, [.. modules.Values.Select(Combine)], modules.Values.Sum(m => m.Sum(c => (long)c.Change.A.Values.Length + c.Change.B.Values.Length)) * sizeof(float));
    }

    private LoraChange Combine(List<(LoraChange Change, double Weight, string Name)> parts)
    {
        var first = parts[0].Change;
        foreach (var (change, _, name) in parts)
        {
            bool fits = change.IsEmbedding == first.IsEmbedding && change.A.Shape.AsSpan(1).SequenceEqual(first.A.Shape.AsSpan(1)) && change.B.Shape[0] == first.B.Shape[0];
            if (!fits || (!options.OnProducts && change.A.Shape[0] != first.A.Shape[0]))
                throw new AdapterException($"adapter \"{name}\": module \"{change.Module}\": {change.A} and {change.B} do not fit {first.A} and {first.B}; "
                    + "factors of different rank can be combined by their products (OnProducts), or act together as they are");
        }
        return options.OnProducts ? Products(parts) : Factors(parts);
    }

    private LoraChange Factors(List<(LoraChange Change, double Weight, string Name)> parts)
    {
        var first = parts[0].Change;
        double[] roots = [.. parts.Select(p => Math.Sqrt(Math.Abs(p.Weight * p.Change.Scale)))], signed = [.. parts.Select((p, i) => p.Weight * p.Change.Scale < 0 ? -roots[i] : roots[i])];
        float[] a = TaskTensors.Combine([.. parts.Select(p => p.Change.A.Values)], signed, options, _random);
        float[] b = TaskTensors.Combine([.. parts.Select(p => p.Change.B.Values)], roots, options, _random);
        return Made(first, first.A with { Values = a }, first.B with { Values = b });
    }

    private LoraChange Products(List<(LoraChange Change, double Weight, string Name)> parts)
    {
        var first = parts[0].Change;
        float[][] products = [.. parts.Select(p => p.Change.B.AsMatrix().Times(p.Change.A.AsMatrix()).Scaled(p.Change.Scale).Values)];
        float[] sum = TaskTensors.Combine(products, [.. parts.Select(p => p.Weight)], options, _random);
        var (u, s, v) = SingularValues.Of(new Matrix(first.B.Shape[0], sum.Length / first.B.Shape[0], sum));
        int rank = Math.Min(s.Length, options.Rank > 0 ? options.Rank : parts.Max(p => p.Change.A.Shape[0]));
        Matrix a = new(rank, v.Rows), b = new(u.Rows, rank);
        for (int k = 0; k < rank; k++)
        {
            for (int c = 0; c < v.Rows; c++) a[k, c] = v[c, k];
            for (int r = 0; r < u.Rows; r++) b[r, k] = u[r, k] * s[k];
        }
        return Made(first, new(first.A.Name, [rank, .. first.A.Shape[1..]], a.Values), new(first.B.Name, [first.B.Shape[0], rank, .. first.B.Shape[2..]], b.Values));
    }

    private static LoraChange Made(LoraChange like, AdapterTensor a, AdapterTensor b) => new(like.Module, a, b, 1, magnitude: null, bias: null)
    {
        IsEmbedding = like.IsEmbedding,
        IsAttentionOutput = like.IsAttentionOutput,
    };
}
