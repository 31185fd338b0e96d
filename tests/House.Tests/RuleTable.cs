using Graft.House.Rules;

namespace Graft.House;

/// <summary>Every rule over the source tree, one row each.</summary>
internal static class RuleTable
{
    public static readonly IRule[] Rows =
    [
        new DocumentLinks(),
        new FileLength(),
        new FunctionLength(),
        new Intrinsics(),
        new MachinePaths(),
        new Names(),
        new PackageReferences(),
        new PartialTypes(),
        new ProjectReferences(),
        new Regions(),
        new SolutionMembers(),
        new Unfinished(),
        new UnsafeReasons(),
    ];
}
