using Graft.Adapters.Form;

namespace Graft.Adapters.Peft;

/// <summary>
/// A batch norm that is saved whole: y = weight * (x - mean) / sqrt(variance + eps) + bias. Converters fold it into the convolution before it,
/// so that it changes factors and offsets there.
/// </summary>
internal sealed class BatchNormChange(string module, float[] factor, float[] offset) : IModuleChange
{
    public const string Mean = "running_mean";

    /// <summary>torch's default, which no file states.</summary>
    private const double Epsilon = 1e-5;

    public string Module { get; } = module;

    /// <summary>weight / sqrt(variance + eps).</summary>
    public float[] Factor { get; } = factor;

    /// <summary>bias - mean * factor.</summary>
    public float[] Offset { get; } = offset;

    public static BatchNormChange Read(PeftSource source, string module)
    {
        float[] weight = source.Tensors.Take(module, "weight", 1).Values, bias = source.Tensors.Take(module, "bias", 1).Values;
        float[] mean = source.Tensors.Take(module, Mean, 1).Values, variance = source.Tensors.Take(module, "running_var", 1).Values;
        if (source.Tensors.Has(module, "num_batches_tracked")) source.Tensors.TakeIntegers(source.Tensors.Key(module, "num_batches_tracked"));
        if (bias.Length != weight.Length || mean.Length != weight.Length || variance.Length != weight.Length) throw source.Problem($"module \"{module}\": the vectors of a batch norm differ in length");
        float[] factor = [.. weight.Zip(variance, (w, v) => (float)(w / Math.Sqrt(v + Epsilon)))];
        return new(module, factor, [.. bias.Select((b, i) => b - mean[i] * factor[i])]);
    }

    public void Resolve(BaseModule module, float weight, LinearTerms terms) =>
        throw new AdapterException($"module \"{Module}\": a batch norm can be replaced only where it is folded into a convolution");
}
