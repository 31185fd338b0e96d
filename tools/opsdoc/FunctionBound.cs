using System.Reflection;
using Graft.Kernels.Maths;
using Graft.Ops;

namespace Graft.OpsDoc;

/// <summary>The bound that the real function of an operator states, the widest where it has several; null where it is none.</summary>
internal static class FunctionBound
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    public static double? Of(Type op)
    {
        var functions = op.GetMethods(Declared).Where(method => method.Name == nameof(IOp.Prepare)).SelectMany(CompiledCode.MentionedBy)
            .OfType<MethodInfo>().Where(method => method.IsGenericMethod).SelectMany(method => method.GetGenericArguments())
            .Where(type => typeof(IMathFn).IsAssignableFrom(type));
        return functions.Select(type => (double?)type.GetProperty(nameof(IMathFn.UlpMax))!.GetValue(null)).Max();
    }
}
