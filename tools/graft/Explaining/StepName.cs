namespace Graft.Cli.Explaining;

/// <summary>What a step without a name of its own is called: the name of its class, and what that is generic over.</summary>
internal static class StepName
{
    private static readonly string[] s_endings = ["Step", "Kernel", "Fn"];

    public static string Of(Type type)
    {
        string name = type.Name.Split('`')[0];
        foreach (string ending in s_endings)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal) && name.Length > ending.Length) name = name[..^ending.Length];
        }
        string[] arguments = [.. type.GetGenericArguments().Where(a => !a.IsPrimitive).Select(Of)];
        return arguments.Length == 0 ? name : $"{name}<{string.Join(",", arguments)}>";
    }
}
