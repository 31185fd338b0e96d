using Graft.Errors;

namespace Graft.Ops.Landmarks;

/// <summary>MediaPipe's operators on landmarks, whose second version is the one that its models have.</summary>
internal static class SecondVersion
{
    public static void Require(in OperatorDef def)
    {
        if (def.Version != 2) throw new UnsupportedOptionException($"version {def.Version} is not supported (supported: 2)");
    }
}
