namespace Graft;

/// <summary>How LoRA adapters become one adapter; the names are those of PEFT's <c>add_weighted_adapter</c>.</summary>
public enum CombinationMethod
{
    /// <summary>The weighted sum of the factors A and of the factors B; ranks must be equal. The product is not the sum of the products.</summary>
    Linear,

    /// <summary>Each tensor keeps its largest elements, those of the elected sign are averaged (TIES, Yadav et al. 2023, arXiv 2306.01708).</summary>
    Ties,

    /// <summary>Each tensor loses elements at random, the rest grow in return, and are summed (DARE, Yu et al. 2023, arXiv 2311.03099).</summary>
    DareLinear,

    /// <summary>Random dropping as in DARE, then election and averaging as in TIES.</summary>
    DareTies,

    /// <summary>Each tensor keeps its largest elements, and they are summed.</summary>
    MagnitudePrune,
}

/// <summary>How the sign of an element is elected among adapters.</summary>
public enum MajoritySign
{
    /// <summary>That of the sum.</summary>
    Total,

    /// <summary>That of most.</summary>
    Frequency,
}

/// <summary>How <see cref="Model.CombineAdapters(string, CombinationOptions, ReadOnlySpan{ValueTuple{Adapter, float}})"/> makes one LoRA adapter of several.</summary>
public sealed class CombinationOptions
{
    /// <summary>The method.</summary>
    public CombinationMethod Method { get; init; }

    /// <summary>
    /// Whether the method acts on the products B A, from which factors are then made again by singular value decomposition, instead of on A and B:
    /// PEFT's methods that end in <c>svd</c>. Ranks may then differ.
    /// </summary>
    public bool OnProducts { get; init; }

    /// <summary>The rank of factors made from products; 0 for the largest rank among the adapters.</summary>
    public int Rank { get; init; }

    /// <summary>The part of each tensor's elements that is kept, from 0 to 1, by all methods but <see cref="CombinationMethod.Linear"/>.</summary>
    public double Density { get; init; } = 1;

    /// <summary>How TIES elects signs.</summary>
    public MajoritySign MajoritySign { get; init; }

    /// <summary>Decides what DARE drops; the same seed always drops the same. The generator is not PyTorch's.</summary>
    public int Seed { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Rank);
        if (!(Density is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Density), Density, "a density is from 0 to 1");
    }
}
