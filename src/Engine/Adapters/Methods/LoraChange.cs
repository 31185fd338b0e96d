using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>LoRA or DoRA on one module.</summary>
internal sealed class LoraChange(string module, AdapterTensor a, AdapterTensor b, float scale, AdapterTensor? magnitude, AdapterTensor? bias) : IModuleChange
{
    public string Module { get; } = module;

    public AdapterTensor A => a;

    public AdapterTensor B => b;

    /// <summary>s, before the scale of an activation.</summary>
    public float Scale => scale;

    /// <summary>Nothing but s B A.</summary>
    public bool IsPlain => magnitude is null && bias is null && Prepare is null;

    /// <summary>Whether the factors are those of an embedding: A (r, vocabulary), B (channels, r).</summary>
    public bool IsEmbedding { get; init; }

    /// <summary>Whether the module is the output projection inside torch's attention, which PEFT wraps in a way of its own.</summary>
    public bool IsAttentionOutput { get; init; }

    /// <summary>What a variant makes of the stored factors; null for plain ones.</summary>
    public Func<BaseModule, Matrix, Matrix, LinearTerms, (Matrix A, Matrix B)>? Prepare { get; init; }

    public void Resolve(BaseModule module, float weight, LinearTerms terms)
    {
        Matrix first = a.AsMatrix(), second = b.AsMatrix();
        if (Prepare is not null) (first, second) = Prepare(module, first, second, terms);
        var patch = LowRankPatch.Weight;
        if (module.Kind == ModuleKind.Convolution)
        {
            var filter = module.Filter;
            bool own = filter.Groups > 1 || filter.DilationX > 1 || filter.DilationY > 1;
            int channels = filter.Groups > 1 ? filter.GroupChannels * filter.Groups : filter.GroupChannels;
            if (a.Shape is not [_, var ac, var ah, var aw] || ac != channels || ah != filter.Height || aw != filter.Width)
                throw new AdapterException($"{a} must be [r,{channels},{filter.Height},{filter.Width}] for module \"{Module}\"");
            if (own) patch = LowRankPatch.OwnConvolution;
            if (filter.Groups > 1) second = Spread(second, filter.Groups, first.Rows);
        }
        else if (a.Shape.Length != 2 || first.Columns != module.Inputs)
        {
            throw new AdapterException($"{a} must be [r,{module.Inputs}] for module \"{Module}\"");
        }
        if (second.Rows != module.Outputs || second.Columns != first.Rows) throw new AdapterException($"{b} must be [{module.Outputs},{first.Rows}] for module \"{Module}\"");
        if (bias is not null)
        {
            if (bias.Values.Length != module.Outputs) throw new AdapterException($"{bias} must have {module.Outputs} elements");
            terms.AddBias(Array.ConvertAll(bias.Values, v => v * scale * weight));
        }
        if (magnitude is null)
        {
            terms.AddLowRank(first, second, patch, scale * weight);
            return;
        }
        if (patch == LowRankPatch.OwnConvolution) throw new AdapterException($"module \"{Module}\": DoRA on a grouped or dilated convolution is not defined");
        if (magnitude.Values.Length != module.Outputs) throw new AdapterException($"{magnitude} must have {module.Outputs} elements");
        second = second.Scaled(scale * weight);
        float[] norms = module.Weight.Plus(second.Times(first)).RowNorms();
        var gains = new float[norms.Length];
        for (int i = 0; i < gains.Length; i++) gains[i] = norms[i] == 0 ? 0 : magnitude.Values[i] / norms[i];
        terms.ScaleOutputs(gains);
        terms.AddLowRank(first, second.ScaledRows(gains), patch);
    }

    /// <summary>B of a grouped convolution, (out, r / groups), as (out, r): each group of outputs sees its own part of the ranks.</summary>
    private static Matrix Spread(Matrix grouped, int groups, int rank)
    {
        if (grouped.Columns * groups != rank) return grouped;
        var spread = new Matrix(grouped.Rows, rank);
        for (int o = 0; o < grouped.Rows; o++) grouped.Row(o).CopyTo(spread.Row(o)[(o / (grouped.Rows / groups) * grouped.Columns)..]);
        return spread;
    }
}
