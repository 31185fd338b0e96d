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
        [BuiltinOperator.StablehloAbs] = NoKernel,
        [BuiltinOperator.StablehloBroadcastInDim] = NoKernel,
        [BuiltinOperator.StablehloCbrt] = NoKernel,
        [BuiltinOperator.StablehloClamp] = NoKernel,
        [BuiltinOperator.StablehloCompare] = NoKernel,
        [BuiltinOperator.StablehloConcatenate] = NoKernel,
        [BuiltinOperator.StablehloConvert] = NoKernel,
        [BuiltinOperator.StablehloConvolution] = NoKernel,
        [BuiltinOperator.StablehloCosine] = NoKernel,
        [BuiltinOperator.StablehloCustomCall] = NoKernel,
        [BuiltinOperator.StablehloDivide] = NoKernel,
        [BuiltinOperator.StablehloDotGeneral] = NoKernel,
        [BuiltinOperator.StablehloDynamicSlice] = NoKernel,
        [BuiltinOperator.StablehloDynamicUpdateSlice] = NoKernel,
        [BuiltinOperator.StablehloExponential] = NoKernel,
        [BuiltinOperator.StablehloFloor] = NoKernel,
        [BuiltinOperator.StablehloIota] = NoKernel,
        [BuiltinOperator.StablehloLog] = NoKernel,
        [BuiltinOperator.StablehloLogistic] = NoKernel,
        [BuiltinOperator.StablehloNegate] = NoKernel,
        [BuiltinOperator.StablehloOr] = NoKernel,
        [BuiltinOperator.StablehloPower] = NoKernel,
        [BuiltinOperator.StablehloReduce] = NoKernel,
        [BuiltinOperator.StablehloRemainder] = NoKernel,
        [BuiltinOperator.StablehloReshape] = NoKernel,
        [BuiltinOperator.StablehloRsqrt] = NoKernel,
        [BuiltinOperator.StablehloSelect] = NoKernel,
        [BuiltinOperator.StablehloSlice] = NoKernel,
        [BuiltinOperator.StablehloSort] = NoKernel,
        [BuiltinOperator.StablehloSubtract] = NoKernel,
        [BuiltinOperator.StablehloTanh] = NoKernel,
        [BuiltinOperator.StablehloTranspose] = NoKernel,
        [BuiltinOperator.StablehloWhile] = NoKernel,
    }.ToFrozenDictionary();

    /// <summary>Why the operator is refused.</summary>
    public static string Reason(OpId id) => id.CustomName is { } name
        ? $"no custom operator '{name}' is known: register one through {nameof(ModelOptions)}.{nameof(ModelOptions.CustomOperators)}"
        : Reasons.TryGetValue(id.Code, out string? reason) ? $"this operator is not supported: {reason}" : "this operator is not supported";
}
