using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>StableHLO operators that are the same as others but for how their options are written.</summary>
internal static class StablehloRows
{
    public static readonly OpEntry Concatenate = OpEntry.Same<Concatenation>(BuiltinOperator.StablehloConcatenate,
        static (in OperatorDef def) => new Concatenation(int.CreateSaturating(def.Options2<StablehloConcatenateOptionsView>().Dimension)));

    public static readonly OpEntry DynamicUpdateSlice = OpEntry.Same<DynamicUpdateSlice>(BuiltinOperator.StablehloDynamicUpdateSlice,
        static (in OperatorDef _) => new DynamicUpdateSlice(scalars: true), $"{Move.Types} =0 {NumberTypes.Indices}?* -> =0");

    /// <summary>To the shape that the output declares.</summary>
    public static readonly OpEntry Reshape = OpEntry.Same<Reshape>(BuiltinOperator.StablehloReshape,
        static (in OperatorDef def) => new Reshape(def.Output(0).Shape.Dimensions.ToArray()), "any -> =0");

    public static readonly OpEntry Transpose = OpEntry.Same<Transpose>(BuiltinOperator.StablehloTranspose,
        static (in OperatorDef def) => new Transpose(Integers.Saturate(def.Options2<StablehloTransposeOptionsView>().Permutation)), $"{Move.Types} -> =0");

    public static readonly OpEntry While = OpEntry.Same<While>(BuiltinOperator.StablehloWhile, static (in OperatorDef def) =>
    {
        var options = def.Options2<StablehloWhileOptionsView>();
        return new While(options.CondSubgraphIndex, options.BodySubgraphIndex);
    });
}
