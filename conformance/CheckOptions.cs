namespace Graft.Conformance;

/// <summary>What a check runs and how.</summary>
public sealed record CheckOptions
{
    /// <summary>Models, or folders with models at any depth.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Every case must pass with each of these.</summary>
    public IReadOnlyList<KernelSet> Kernels { get; init; } = [KernelSet.Fast, KernelSet.Reference];

    /// <summary>A list of known differences, or null.</summary>
    public string? AllowFile { get; init; }

    /// <summary>Cases that run at the same time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>How long one case may take with one kernel set; checked between nodes.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(5);
}
