namespace Graft.Adapters.Form;

/// <summary>What kind of layer a module of the base is.</summary>
internal enum ModuleKind
{
    Linear,
    Convolution,

    /// <summary>A table (vocabulary, dim), seen as a linear map of one-hot vectors: W is (dim, vocabulary).</summary>
    Embedding,

    /// <summary>A vector that multiplies or is added, such as the weight and bias of a layer norm.</summary>
    Vector,
}

/// <summary>Sizes of a convolution's filter.</summary>
internal readonly record struct FilterShape(int Channels, int GroupChannels, int Height, int Width, int DilationY, int DilationX)
{
    public int Groups => Channels / GroupChannels;

    /// <summary>Elements of one output channel's filter.</summary>
    public int Length => GroupChannels * Height * Width;
}

/// <summary>
/// A module of the base as methods see it: W (out, in) and b with the converter's folds undone, for a convolution in the order
/// (out, channel, height, width).
/// </summary>
internal sealed class BaseModule(string name, ModuleKind kind, int outputs, int inputs, FilterShape filter, Func<Matrix> weight, Func<float[]> bias, bool hasBias)
{
    private readonly Lazy<Matrix> _weight = new(weight);
    private readonly Lazy<float[]> _bias = new(bias);

    public string Name { get; } = name;

    public ModuleKind Kind { get; } = kind;

    public int Outputs { get; } = outputs;

    public int Inputs { get; } = inputs;

    /// <summary>The filter of a convolution.</summary>
    public FilterShape Filter { get; } = filter;

    /// <summary>W as deployed; made on first use.</summary>
    public Matrix Weight => _weight.Value;

    /// <summary>Whether <see cref="Weight"/> is the base's own, not rounded to fewer bits.</summary>
    public bool IsExact { get; init; }

    /// <summary>Whether the base has a bias here.</summary>
    public bool HasBias { get; } = hasBias;

    /// <summary>b, zeros when the base has none.</summary>
    public float[] Bias => _bias.Value;

    /// <summary>The norm of this path, which the base has behind the module and what is added to it.</summary>
    public Func<string, NormVectors> Norm { get; init; } = name => throw new AdapterException($"module \"{name}\": there is no norm behind this kind of module");

    /// <summary>Sizes of a module of the same base, by its path.</summary>
    public Func<string, (int Outputs, int Inputs)> Sizes { get; init; } = name => throw new AdapterException($"module \"{name}\": its size is not known from this kind of module");

    /// <summary>A parameter of the module as the base's weights have it, (out, in) or (out, 1); null where these were not given.</summary>
    public Func<string, Matrix?> Stored { get; init; } = _ => null;

    /// <summary>The module with terms in its weight and bias.</summary>
    public BaseModule With(LinearTerms terms) => new(Name, Kind, Outputs, Inputs, Filter, () => Weight.Plus(terms.WeightDelta(Weight)),
        () => terms.Bias is { } added ? [.. Bias.Zip(added, (a, b) => a + b)] : Bias, HasBias) { Norm = Norm, Sizes = Sizes, Stored = Stored, IsExact = IsExact };
}
