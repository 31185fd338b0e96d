using Graft.Graphs;
using Graft.Schema;

namespace Graft.Ops.Reducing;

/// <summary>A function of two numbers that the region of an operator may be.</summary>
internal enum BodyFunction
{
    Add,
    Multiply,
    Minimum,
    Maximum,
    And,
    Or,
}

/// <summary>Recognises regions: subgraphs of one node on their two inputs.</summary>
internal static class BodyFunctions
{
    public const string Expected = "one node that adds, multiplies, ands, ors or takes the minimum or maximum of its two inputs is expected";

    /// <summary>Null for any other subgraph.</summary>
    public static BodyFunction? Of(Subgraph body)
    {
        if (body.Nodes is not [{ Inputs.Length: 2 } node] || body.Inputs.Length != 2 || body.Outputs is not [int output]) return null;
        if (node.Outputs is not [int result] || result != output || !node.Inputs.Order().SequenceEqual(body.Inputs.Order())) return null;
        return node.Id.Code switch
        {
            BuiltinOperator.Add or BuiltinOperator.StablehloAdd => BodyFunction.Add,
            BuiltinOperator.Mul or BuiltinOperator.StablehloMultiply => BodyFunction.Multiply,
            BuiltinOperator.Minimum or BuiltinOperator.StablehloMinimum => BodyFunction.Minimum,
            BuiltinOperator.Maximum or BuiltinOperator.StablehloMaximum => BodyFunction.Maximum,
            BuiltinOperator.LogicalAnd or BuiltinOperator.StablehloAnd => BodyFunction.And,
            BuiltinOperator.LogicalOr or BuiltinOperator.StablehloOr => BodyFunction.Or,
            _ => null,
        };
    }

    /// <summary>The function of the region in subgraph <paramref name="index"/>, or an error.</summary>
    public static BodyFunction Require(in PrepareContext c, int index)
    {
        var function = Of(c.Callee(index));
        c.Require(function is not null, $"subgraph {index} is no region that is supported: {Expected}");
        return function.Value;
    }
}
