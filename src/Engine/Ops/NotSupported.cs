using System.Collections.Frozen;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>The builtin operators that are left out, and why. Every other one has a row in <see cref="OpTable"/>.</summary>
internal static class NotSupported
{
    private const string Mark = "it marks a place in a runtime's memory and has no meaning in a file";
    private const string NoKernel = "the reference runtime has no kernel for it either";

    public static readonly FrozenDictionary<BuiltinOperator, string> Reasons = new Dictionary<BuiltinOperator, string>
    {
        [BuiltinOperator.Delegate] = Mark,
        [BuiltinOperator.PlaceholderForGreaterOpCodes] = Mark,
        [BuiltinOperator.ConcatEmbeddings] = NoKernel,
        [BuiltinOperator.StablehloConvolution] = NoKernel,
        [BuiltinOperator.StablehloCustomCall] = NoKernel,
    }.ToFrozenDictionary();

    /// <summary>Why the operator is refused.</summary>
    public static string Reason(OpId id) => id.CustomName is { } name
        ? $"no custom operator '{Errors.Throw.Brief(name)}' is known: register one through {nameof(ModelOptions)}.{nameof(ModelOptions.CustomOperators)}"
        : Reasons.TryGetValue(id.Code, out string? reason) ? $"this operator is not supported: {reason}" : "this operator is not supported";
}
