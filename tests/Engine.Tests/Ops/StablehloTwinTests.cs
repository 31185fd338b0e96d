using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>StableHLO operators that the reference lacks give what their twins give.</summary>
public sealed class StablehloTwinTests
{
    private static readonly (BuiltinOperator Code, BuiltinOperator Twin, DType To)[] s_unary =
    [
        (BuiltinOperator.StablehloAbs, BuiltinOperator.Abs, DType.Float32),
        (BuiltinOperator.StablehloConvert, BuiltinOperator.Cast, DType.Int32),
        (BuiltinOperator.StablehloCosine, BuiltinOperator.Cos, DType.Float32),
        (BuiltinOperator.StablehloExponential, BuiltinOperator.Exp, DType.Float32),
        (BuiltinOperator.StablehloFloor, BuiltinOperator.Floor, DType.Float32),
        (BuiltinOperator.StablehloLog, BuiltinOperator.Log, DType.Float32),
        (BuiltinOperator.StablehloLogistic, BuiltinOperator.Logistic, DType.Float32),
        (BuiltinOperator.StablehloNegate, BuiltinOperator.Neg, DType.Float32),
        (BuiltinOperator.StablehloRsqrt, BuiltinOperator.Rsqrt, DType.Float32),
        (BuiltinOperator.StablehloTanh, BuiltinOperator.Tanh, DType.Float32),
    ];

    private static readonly (BuiltinOperator Code, BuiltinOperator Twin)[] s_binary =
    [
        (BuiltinOperator.StablehloSubtract, BuiltinOperator.Sub),
        (BuiltinOperator.StablehloDivide, BuiltinOperator.Div),
        (BuiltinOperator.StablehloPower, BuiltinOperator.Pow),
    ];

    private static readonly (StablehloComparisonDirection Direction, BuiltinOperator Twin)[] s_comparisons =
    [
        (StablehloComparisonDirection.Eq, BuiltinOperator.Equal),
        (StablehloComparisonDirection.Ne, BuiltinOperator.NotEqual),
        (StablehloComparisonDirection.Ge, BuiltinOperator.GreaterEqual),
        (StablehloComparisonDirection.Gt, BuiltinOperator.Greater),
        (StablehloComparisonDirection.Le, BuiltinOperator.LessEqual),
        (StablehloComparisonDirection.Lt, BuiltinOperator.Less),
    ];

    [Fact]
    public void Functions_of_one_number()
    {
        foreach (var (code, twin, to) in s_unary)
        {
            var b = new ModelBuilder();
            int x = b.Input("x", DType.Float32, 3, 7), y = b.Tensor("y", to, 3, 7), z = b.Tensor("z", to, 3, 7);
            b.Operator(code, [x], [y]).Operator(twin, [x], [z]).Output(y, z);
            float[] values = Twin.Floats(21);
            if (code is BuiltinOperator.StablehloLog or BuiltinOperator.StablehloRsqrt) values = Array.ConvertAll(values, Math.Abs);
            Twin.OutputsAgree(b, values);
        }
    }

    [Fact]
    public void Functions_of_two_numbers()
    {
        foreach (var (code, twin) in s_binary)
        {
            foreach (var type in (DType[])[DType.Float32, DType.Int32])
            {
                var b = new ModelBuilder();
                int p = b.Input("p", type, 4, 5), q = b.Input("q", type, 4, 5), y = b.Tensor("y", type, 4, 5), z = b.Tensor("z", type, 4, 5);
                b.Operator(code, [p, q], [y]).Operator(twin, [p, q], [z]).Output(y, z);
                if (type == DType.Float32) Twin.OutputsAgree(b, Twin.Floats(20), Array.ConvertAll(Twin.Floats(20, 2), Math.Abs));
                else Twin.OutputsAgree(b, Twin.Whole(20), Array.ConvertAll(Twin.Whole(20, 2), v => Math.Abs(v) % 5 + 1));
            }
        }
    }

    [Fact]
    public void Comparisons()
    {
        foreach (var (direction, twin) in s_comparisons)
        {
            var b = new ModelBuilder();
            int p = b.Input("p", DType.Float32, 6), q = b.Input("q", DType.Float32, 6), y = b.Tensor("y", DType.Bool, 6), z = b.Tensor("z", DType.Bool, 6);
            b.Operator(BuiltinOperator.StablehloCompare, [p, q], [y], new StablehloCompareOptionsRecord { ComparisonDirection = direction });
            b.Operator(twin, [p, q], [z]).Output(y, z);
            Twin.OutputsAgree(b, new[] { 1f, 2, 3, float.NaN, -0f, float.NegativeInfinity }, new[] { 2f, 2, -3, float.NaN, 0, 1 });
        }
    }

    [Fact]
    public void Total_order_is_refused()
    {
        var b = new ModelBuilder();
        int p = b.Input("p", DType.Float32, 1), y = b.Tensor("y", DType.Bool, 1);
        var options = new StablehloCompareOptionsRecord { CompareType = StablehloComparisonType.FloatTotalOrder };
        b.Operator(BuiltinOperator.StablehloCompare, [p, p], [y], options).Output(y);
        Assert.Contains("the total order of floats is not supported", Twin.Refusal(b));
    }

    [Fact]
    public void Or_of_booleans_and_select()
    {
        var b = new ModelBuilder();
        int p = b.Input("p", DType.Bool, 4), q = b.Input("q", DType.Bool, 4), y = b.Tensor("y", DType.Bool, 4), z = b.Tensor("z", DType.Bool, 4);
        b.Operator(BuiltinOperator.StablehloOr, [p, q], [y]).Operator(BuiltinOperator.LogicalOr, [p, q], [z]).Output(y, z);
        bool[] first = [true, true, false, false], second = [true, false, true, false];
        Twin.OutputsAgree(b, first, second);
        var s = new ModelBuilder();
        int c = s.Input("c", DType.Bool, 4), u = s.Input("u", DType.Float32, 4), v = s.Input("v", DType.Float32, 4);
        int chosen = s.Tensor("chosen", DType.Float32, 4), same = s.Tensor("same", DType.Float32, 4);
        s.Operator(BuiltinOperator.StablehloSelect, [c, u, v], [chosen]).Operator(BuiltinOperator.SelectV2, [c, u, v], [same]).Output(chosen, same);
        Twin.OutputsAgree(s, second, Twin.Floats(4), Twin.Floats(4, 2));
    }

    [Fact]
    public void Concatenation_transpose_and_reshape()
    {
        var b = new ModelBuilder();
        int p = b.Input("p", DType.Float32, 2, 3, 4), q = b.Input("q", DType.Float32, 2, 1, 4);
        int joined = b.Tensor("joined", DType.Float32, 2, 4, 4), turned = b.Tensor("turned", DType.Float32, 4, 2, 4), y = b.Tensor("y", DType.Float32, 8, 4);
        b.Operator(BuiltinOperator.StablehloConcatenate, [p, q], [joined], new StablehloConcatenateOptionsRecord { Dimension = 1 });
        b.Operator(BuiltinOperator.StablehloTranspose, [joined], [turned], new StablehloTransposeOptionsRecord { Permutation = [2, 0, 1] });
        b.Operator(BuiltinOperator.StablehloReshape, [turned], [y]);
        int joined2 = b.Tensor("joined2", DType.Float32, 2, 4, 4), turned2 = b.Tensor("turned2", DType.Float32, 4, 2, 4);
        b.Operator(BuiltinOperator.Concatenation, [p, q], [joined2], new ConcatenationOptionsRecord { Axis = 1 });
        b.Operator(BuiltinOperator.Transpose, [joined2, b.Constant("perm", [2, 0, 1], 3)], [turned2]);
        int z = b.Reshape(turned2, "z", 8, 4);
        b.Output(y, z);
        Twin.OutputsAgree(b, Twin.Floats(24), Twin.Floats(8, 2));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(-3, 7)]
    public void An_update_is_moved_inside(int row, int column)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4, 5), update = b.Input("update", DType.Float32, 2, 3);
        int r = b.Input("r", DType.Int32), c = b.Input("c", DType.Int32), start = b.Input("start", DType.Int32, 2);
        int y = b.Tensor("y", DType.Float32, 4, 5), z = b.Tensor("z", DType.Float32, 4, 5);
        b.Operator(BuiltinOperator.StablehloDynamicUpdateSlice, [x, update, r, c], [y]);
        b.Operator(BuiltinOperator.DynamicUpdateSlice, [x, update, start], [z]).Output(y, z);
        Twin.OutputsAgree(b, Twin.Floats(20), Twin.Floats(6, 2), new[] { row }, new[] { column }, new[] { row, column });
    }

    [Fact]
    public void A_loop_counts()
    {
        var b = new ModelBuilder();
        int n = b.Input("n", DType.Int32), y = b.Tensor("y", DType.Int32);
        b.Operator(BuiltinOperator.StablehloWhile, [n], [y], new StablehloWhileOptionsRecord { CondSubgraphIndex = 1, BodySubgraphIndex = 2 }).Output(y);
        b.Subgraph("cond");
        int i = b.Input("i", DType.Int32), goes = b.Tensor("goes", DType.Bool);
        b.Operator(BuiltinOperator.StablehloCompare, [i, b.Constant("limit", [100])], [goes],
            new StablehloCompareOptionsRecord { ComparisonDirection = StablehloComparisonDirection.Lt }).Output(goes);
        b.Subgraph("body");
        int k = b.Input("k", DType.Int32), next = b.Tensor("next", DType.Int32);
        b.Operator(BuiltinOperator.StablehloAdd, [k, b.Constant("step", [7])], [next]).Output(next);
        Twin.Gives(b, [101], new[] { 3 });
    }
}
