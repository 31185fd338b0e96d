using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>StableHLO operators without a twin give what a loop gives.</summary>
public sealed class StablehloLoopTests
{
    [Fact]
    public void Cube_roots()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 64), y = b.Tensor("y", DType.Float32, 64);
        b.Operator(BuiltinOperator.StablehloCbrt, [x], [y]).Output(y);
        float[] values = Twin.Floats(64);
        (values[0], values[1], values[2]) = (0, 1e-42f, 3e38f);
        Twin.GivesNearly(b, Array.ConvertAll(values, MathF.Cbrt), 3e-7f, values);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Clamping(bool scalars)
    {
        var b = new ModelBuilder();
        int[] bounds = scalars ? [] : [9];
        int low = b.Input("low", DType.Float32, bounds), x = b.Input("x", DType.Float32, 9), high = b.Input("high", DType.Float32, bounds), y = b.Tensor("y", DType.Float32, 9);
        b.Operator(BuiltinOperator.StablehloClamp, [low, x, high], [y]).Output(y);
        float[] values = Twin.Floats(9), least = scalars ? [-1] : Array.ConvertAll(Twin.Floats(9, 2), v => -Math.Abs(v));
        float[] greatest = Array.ConvertAll(least, v => v + 2.5f);
        values[4] = float.NaN;
        Twin.Gives(b, [.. values.Select((v, i) => float.IsNaN(v) ? v : Math.Clamp(v, least[scalars ? 0 : i], greatest[scalars ? 0 : i]))], least, values, greatest);
    }

    [Fact]
    public void Remainders_have_the_sign_of_the_dividend()
    {
        int[] a = [7, -7, 7, -7, int.MinValue, 0], d = [3, 3, -3, -3, -1, 5];
        Twin.Gives(Binary(BuiltinOperator.StablehloRemainder, DType.Int32, 6), [1, -1, 1, -1, 0, 0], a, d);
        float[] x = [5.5f, -5.5f, 5.5f, 1], y = [2, 2, -2, 0];
        Twin.Gives(Binary(BuiltinOperator.StablehloRemainder, DType.Float32, 4), [1.5f, -1.5f, 1.5f, float.NaN], x, y);
        Assert.Contains("the divisor stands for zero", Twin.Refusal(Binary(BuiltinOperator.StablehloRemainder, DType.Int32, 1), new[] { 1 }, new[] { 0 }));
    }

    [Fact]
    public void Quotients_of_integers_are_cut()
    {
        long[] a = [7, -7, long.MinValue], d = [2, 2, -1];
        Twin.Gives(Binary(BuiltinOperator.StablehloDivide, DType.Int64, 3), [3L, -3, long.MinValue], a, d);
        Assert.Contains("the divisor stands for zero", Twin.Refusal(Binary(BuiltinOperator.StablehloDivide, DType.Int64, 1), new[] { 1L }, new[] { 0L }));
    }

    [Fact]
    public void Broadcasting_along_named_axes()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 3), y = b.Tensor("y", DType.Float32, 2, 3, 2);
        b.Operator(BuiltinOperator.StablehloBroadcastInDim, [x], [y], new StablehloBroadcastInDimOptionsRecord { BroadcastDimensions = [0, 1] }).Output(y);
        Twin.Gives(b, [1f, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3], new[] { 1f, 2, 3 });
    }

    [Fact]
    public void Slices()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4, 7), y = b.Tensor("y", DType.Float32, 2, 3);
        b.Operator(BuiltinOperator.StablehloSlice, [x], [y], new StablehloSliceOptionsRecord { StartIndices = [1, 1], LimitIndices = [3, 7], Strides = [1, 2] }).Output(y);
        float[] values = Twin.Floats(28);
        Twin.Gives(b, [values[8], values[10], values[12], values[15], values[17], values[19]], values);
    }

    [Theory]
    [InlineData(1, 2, 1, 2)]
    [InlineData(-5, 9, 0, 3)]
    public void A_dynamic_slice_is_moved_inside(int row, int column, int fromRow, int fromColumn)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4, 5), r = b.Input("r", DType.Int64), c = b.Input("c", DType.Int64), y = b.Tensor("y", DType.Float32, 3, 2);
        b.Operator(BuiltinOperator.StablehloDynamicSlice, [x, r, c], [y], new StablehloDynamicSliceOptionsRecord { SliceSizes = [3, 2] }).Output(y);
        float[] values = Twin.Floats(20);
        var expected = from i in Enumerable.Range(fromRow, 3) from k in Enumerable.Range(fromColumn, 2) select values[i * 5 + k];
        Twin.Gives(b, [.. expected], values, new[] { (long)row }, new[] { (long)column });
    }

    [Fact]
    public void Counting_along_an_axis()
    {
        var b = new ModelBuilder();
        int zero = b.Input("zero", DType.Int32, 2, 3, 2), count = b.Tensor("count", DType.Int32, 2, 3, 2), y = b.Tensor("y", DType.Int32, 2, 3, 2);
        b.Operator(BuiltinOperator.StablehloIota, [], [count], new StablehloIotaOptionsRecord { IotaDimension = 1 });
        b.Operator(BuiltinOperator.StablehloAdd, [zero, count], [y]).Output(y);
        Twin.Gives(b, [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2], new int[12]);
    }

    [Fact]
    public void General_products()
    {
        // a[k0, b, m, k1] * c[n, k1, b, k0] -> [b, m, n]
        const int k0 = 2, batch = 3, m = 4, k1 = 5, n = 6;
        var expected = new long[batch * m * n];
        int[] p = Twin.Whole(k0 * batch * m * k1), q = Twin.Whole(n * k1 * batch * k0, 2);
        foreach (int i in Enumerable.Range(0, expected.Length))
        {
            int at = i / (m * n), row = i / n % m, column = i % n;
            for (int x = 0; x < k0; x++)
            {
                for (int y = 0; y < k1; y++) expected[i] += (long)p[((x * batch + at) * m + row) * k1 + y] * q[((column * k1 + y) * batch + at) * k0 + x];
            }
        }
        var options = new StablehloDotGeneralOptionsRecord
        {
            LhsBatchingDimensions = [1],
            RhsBatchingDimensions = [2],
            LhsContractingDimensions = [0, 3],
            RhsContractingDimensions = [3, 1],
        };
        ModelBuilder Model(DType type)
        {
            var b = new ModelBuilder();
            int a = b.Input("a", type, k0, batch, m, k1), c = b.Input("c", type, n, k1, batch, k0), y = b.Tensor("y", type, batch, m, n);
            return b.Operator(BuiltinOperator.StablehloDotGeneral, [a, c], [y], options).Output(y);
        }
        Twin.Gives(Model(DType.Int32), Array.ConvertAll(expected, v => (int)v), p, q);
        Twin.GivesNearly(Model(DType.Float32), Array.ConvertAll(expected, v => (float)v), 1e-6f, Array.ConvertAll(p, v => (float)v), Array.ConvertAll(q, v => (float)v));
    }

    [Fact]
    public void Bytes_multiply_into_int32()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int8, 2), y = b.Input("y", DType.Int8, 2), z = b.Tensor("z", DType.Int32);
        b.Operator(BuiltinOperator.StablehloDotGeneral, [x, y], [z],
            new StablehloDotGeneralOptionsRecord { LhsContractingDimensions = [0], RhsContractingDimensions = [0] }).Output(z);
        Twin.Gives(b, [127 * 127 - 128 * 100], new sbyte[] { 127, -128 }, new sbyte[] { 127, 100 });
    }

    [Theory]
    [InlineData(StablehloComparisonDirection.Lt, 0)]
    [InlineData(StablehloComparisonDirection.Gt, 1)]
    internal void Sorting_by_one_of_two(StablehloComparisonDirection direction, int axis)
    {
        var b = new ModelBuilder();
        int keys = b.Input("keys", DType.Float32, 5, 4), values = b.Input("values", DType.Int32, 5, 4);
        int sorted = b.Tensor("sorted", DType.Float32, 5, 4), carried = b.Tensor("carried", DType.Int32, 5, 4);
        b.Operator(BuiltinOperator.StablehloSort, [keys, values], [sorted, carried], new StablehloSortOptionsRecord { Dimension = axis, IsStable = true, ComparatorSubgraphIndex = 1 });
        b.Output(carried, sorted).Subgraph("comparator");
        int x = b.Input("x", DType.Float32), y = b.Input("y", DType.Float32);
        b.Input("u", DType.Int32);
        b.Input("v", DType.Int32);
        int z = b.Tensor("z", DType.Bool);
        b.Operator(BuiltinOperator.StablehloCompare, [x, y], [z], new StablehloCompareOptionsRecord { ComparisonDirection = direction }).Output(z);
        float[] numbers = [.. Twin.Whole(20).Select(v => (float)(v % 3))];
        int[] places = [.. Enumerable.Range(0, 20)], expected = new int[20];
        foreach (var line in places.GroupBy(i => axis == 0 ? i % 4 : i / 4))
        {
            int[] order = direction == StablehloComparisonDirection.Lt ? [.. line.OrderBy(i => numbers[i])] : [.. line.OrderByDescending(i => numbers[i])];
            foreach (var (from, to) in order.Zip(line)) expected[to] = from;
        }
        Twin.Gives(b, expected, numbers, places);
    }

    [Fact]
    public void A_comparator_that_does_more_is_refused()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2), y = b.Tensor("y", DType.Float32, 2);
        b.Operator(BuiltinOperator.StablehloSort, [x], [y], new StablehloSortOptionsRecord { ComparatorSubgraphIndex = 1 }).Output(y).Subgraph("comparator");
        int u = b.Input("u", DType.Float32), v = b.Input("v", DType.Float32), z = b.Tensor("z", DType.Bool);
        b.Operator(BuiltinOperator.StablehloCompare, [u, v], [z], new StablehloCompareOptionsRecord()).Output(z);
        Assert.Contains("is no comparator that is supported", Twin.Refusal(b));
    }

    [Fact]
    public void Reductions_by_a_region()
    {
        foreach (var (code, fold) in (ReadOnlySpan<(BuiltinOperator, Func<int, int, int>)>)
            [(BuiltinOperator.StablehloAdd, (p, q) => p + q), (BuiltinOperator.StablehloMaximum, Math.Max), (BuiltinOperator.StablehloMultiply, (p, q) => p * q)])
        {
            var b = new ModelBuilder();
            int x = b.Input("x", DType.Int32, 3, 4, 5), init = b.Input("init", DType.Int32), y = b.Tensor("y", DType.Int32, 4);
            b.Operator(BuiltinOperator.StablehloReduce, [x, init], [y], new StablehloReduceOptionsRecord { Dimensions = [2, 0], BodySubgraphIndex = 1 }).Output(y).Subgraph("body");
            int u = b.Input("u", DType.Int32), v = b.Input("v", DType.Int32), z = b.Tensor("z", DType.Int32);
            b.Operator(code, [u, v], [z]).Output(z);
            int[] values = Twin.Whole(60), expected = [2, 2, 2, 2];
            for (int i = 0; i < values.Length; i++) expected[i / 5 % 4] = fold(expected[i / 5 % 4], values[i]);
            Twin.Gives(b, expected, values, new[] { 2 });
        }
    }

    private static ModelBuilder Binary(BuiltinOperator code, DType type, int count)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", type, count), y = b.Input("y", type, count), z = b.Tensor("z", type, count);
        return b.Operator(code, [x, y], [z]).Output(z);
    }
}
