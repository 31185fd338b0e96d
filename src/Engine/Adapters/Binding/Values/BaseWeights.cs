using Graft.Adapters.Form;
using Graft.Safetensors;

namespace Graft.Adapters.Binding.Values;

/// <summary>The parameters of a base by their names in torch, as floats.</summary>
internal sealed class BaseWeights
{
    private const string Weight = ".weight", BiasEnd = ".bias";

    /// <summary>What torch and Keras add to the variance of a batch norm when not told otherwise, which no file states.</summary>
    private static readonly double[] s_epsilons = [1e-5, 1e-3];

    private BaseWeights(SafetensorsFile file)
    {
        foreach (var tensor in file.Tensors)
        {
            if (Floats(tensor) is not { Length: > 0 } values) continue;
            if (tensor.Shape.Length == 1) Vectors[tensor.Name] = values;
            else if (tensor.Shape.Length is >= 2 and <= 4) Matrices[WithoutEnd(tensor.Name, Weight) ?? tensor.Name] = new((int)tensor.Shape[0], values.Length / (int)tensor.Shape[0], values);
        }
    }

    /// <summary>
    /// What has two dimensions or more, as (first, all others), by the path of its module; a parameter that is not called <c>weight</c> goes by
    /// its own name, such as torch's <c>attn.in_proj_weight</c>.
    /// </summary>
    public SortedDictionary<string, Matrix> Matrices { get; } = new(StringComparer.Ordinal);

    /// <summary>What has one dimension, by its name.</summary>
    public SortedDictionary<string, float[]> Vectors { get; } = new(StringComparer.Ordinal);

    /// <exception cref="SafetensorsException">The file is malformed.</exception>
    public static BaseWeights Read(SafetensorsFile file) => new(file);

    /// <summary>The bias of a module with a matrix; null when it has none. To <c>weight_ih_l0</c> belongs <c>bias_ih_l0</c>.</summary>
    public float[]? Bias(string module)
    {
        int parameter = module.LastIndexOf('.') + 1;
        string named = module[..parameter] + module[parameter..].Replace("weight", "bias", StringComparison.Ordinal);
        return Vectors.GetValueOrDefault(named == module ? module + BiasEnd : named);
    }

    /// <summary>The vectors of norms: parameters with one of these ends whose module has no matrix.</summary>
    public IEnumerable<(string Module, float[] Values)> NormVectors(bool isWeight)
    {
        foreach (var (name, values) in Vectors)
        {
            if (WithoutEnd(name, isWeight ? Weight : BiasEnd) is { } module && !Matrices.ContainsKey(module)) yield return (module, values);
        }
    }

    /// <summary>A batch norm as a factor and an offset of what it reads, for each constant that frameworks add to its variance.</summary>
    public IEnumerable<(string Module, float[] Factor, float[] Offset)> BatchNorms()
    {
        foreach (var (name, variance) in Vectors)
        {
            if (WithoutEnd(name, ".running_var") is not { } module) continue;
            if (!Vectors.TryGetValue(module + Weight, out float[]? weight) || !Vectors.TryGetValue(module + BiasEnd, out float[]? bias)) continue;
            if (!Vectors.TryGetValue(module + ".running_mean", out float[]? mean)) continue;
            if (weight.Length != variance.Length || bias.Length != variance.Length || mean.Length != variance.Length) continue;
            foreach (double epsilon in s_epsilons)
            {
                float[] factor = [.. weight.Zip(variance, (w, v) => (float)(w / Math.Sqrt(v + epsilon)))];
                yield return (module, factor, [.. bias.Select((b, i) => b - mean[i] * factor[i])]);
            }
        }
    }

    private static string? WithoutEnd(string name, string end) => name.EndsWith(end, StringComparison.Ordinal) ? name[..^end.Length] : null;

    private static float[]? Floats(SafetensorsTensor tensor) => tensor.Type switch
    {
        SafetensorsDType.F32 => FloatBytes.Single(tensor),
        SafetensorsDType.F16 => FloatBytes.Half(tensor.Bytes),
        SafetensorsDType.BF16 => FloatBytes.Brain(tensor.Bytes),
        _ => null,
    };
}
