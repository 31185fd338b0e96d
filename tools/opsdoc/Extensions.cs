using Graft.Conformance.Rules;
using Graft.Ops;

namespace Graft.OpsDoc;

/// <summary>What an operator accepts and the reference was seen to refuse.</summary>
internal static class Extensions
{
    public static string Of(OpSignature signature)
    {
        bool isBuiltin = signature.Id.CustomName is null;
        var reference = ReferenceSupport.Of(signature.Id.Name);
        if (isBuiltin ? reference is { Version: 0 } : reference is null) return "`extension`: the reference lacks it";
        if (reference is null) return "";
        var more = new List<string>();
        if (isBuiltin && signature.MaxVersion > reference.Version) more.Add($"versions from {reference.Version + 1}");
        foreach (string types in reference.Refused.Where(types => Accepts(signature, types))) more.Add($"`{types}`");
        return more.Count == 0 ? "" : $"`extension`: {string.Join(", ", more)}";
    }

    private static bool Accepts(OpSignature signature, string combination)
    {
        string[] sides = combination.Split("->");
        return signature.Refusal(1, Types(sides[0]), Types(sides[1])) is null;
    }

    private static DType?[] Types(string side) =>
        [.. side.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => name == "_" ? (DType?)null : DTypes.FromShortName(name))];
}
