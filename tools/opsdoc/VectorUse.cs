using System.Reflection;
using Graft.Kernels.Simd;
using Graft.Ops;

namespace Graft.OpsDoc;

/// <summary>
/// Whether an operator's steps can reach a loop over vectors: follows the compiled code from its Prepare through everything that the
/// operators' and the kernels' assemblies hold, whatever is constructed or passed as a type argument included, until a type of vector
/// turns up. Generic code counts once, not for each of its uses.
/// </summary>
internal static class VectorUse
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] s_vectors = [typeof(V128<>), typeof(V256<>), typeof(V512<>)];
    private static readonly Assembly[] s_followed = [typeof(IOp).Assembly, typeof(Isa).Assembly];

    // The planner and the runner belong to all operators alike.
    private static readonly string[] s_skipped = ["Graft", "Graft.Planning", "Graft.Runtime", "Graft.Errors", "Graft.Graphs", "Graft.Loading"];

    public static bool Reaches(Type op)
    {
        var seen = new HashSet<MemberInfo>();
        var open = new Stack<MethodBase>();
        for (var type = op; type is not null && IsFollowed(type); type = type.BaseType)
        {
            foreach (var method in Definition(type).GetMethods(All).Where(m => m.Name == nameof(IOp.Prepare))) open.Push(method);
        }
        foreach (var argument in Within(op.BaseType ?? op)) Construct(argument, seen, open);
        while (open.TryPop(out var method))
        {
            if (!seen.Add(method)) continue;
            foreach (var member in CompiledCode.MentionedBy(method))
            {
                foreach (var type in Types(member))
                {
                    if (s_vectors.Contains(type)) return true;
                    // A static method that is called says nothing about the others of its type.
                    if (member is not MethodBase { IsStatic: true } || type != Definition(member.DeclaringType!)) Construct(type, seen, open);
                }
                if (member is MethodBase { DeclaringType: { } owner } called && IsFollowed(owner)) open.Push(called.Module.ResolveMethod(called.MetadataToken)!);
            }
        }
        return false;
    }

    /// <summary>Whatever a type does may happen once it is made or passed on; operators do it for others only when they are prepared.</summary>
    private static void Construct(Type type, HashSet<MemberInfo> seen, Stack<MethodBase> open)
    {
        if (type.IsInterface || !IsFollowed(type) || typeof(IOp).IsAssignableFrom(type) || !seen.Add(type)) return;
        foreach (var method in type.GetMethods(All)) open.Push(method);
    }

    private static bool IsFollowed(Type type) => s_followed.Contains(type.Assembly) && !s_skipped.Contains(type.Namespace);

    private static IEnumerable<Type> Types(MemberInfo member) => member switch
    {
        Type type => Within(type),
        MethodBase method => (method.DeclaringType is { } owner ? Within(owner) : []).Concat(method.IsGenericMethod ? method.GetGenericArguments().SelectMany(Within) : []),
        _ => [],
    };

    /// <summary>The definitions of a type and of all its arguments.</summary>
    private static IEnumerable<Type> Within(Type type) => type.HasElementType ? Within(type.GetElementType()!)
        : type.IsGenericParameter ? []
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Within).Append(Definition(type)) : [type];

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
