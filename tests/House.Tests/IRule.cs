namespace Graft.House;

/// <summary>
/// One rule of the house. It carries the samples that prove that it can fail, and that it does not fail on everything.
/// </summary>
internal interface IRule
{
    /// <summary>What must hold, as a sentence.</summary>
    string Statement { get; }

    IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files);

    /// <summary>Trees that break the rule.</summary>
    IEnumerable<SourceFile[]> Broken { get; }

    /// <summary>Trees that look similar and keep the rule.</summary>
    IEnumerable<SourceFile[]> Kept { get; }
}
