using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>What goldens do not show of windows: poolings of volumes, refusals, and independence of kernel sets.</summary>
public sealed class WindowTests
{
    [Theory]
    [InlineData("SAME", "AvgPool3D")]
    [InlineData("VALID", "AvgPool3D")]
    [InlineData("SAME", "MaxPool3D")]
    [InlineData("VALID", "MaxPool3D")]
    public void Volumes_are_pooled_window_by_window(string padding, string pool)
    {
        int[] size = [2, 5, 4, 7, 3], filter = [2, 3, 2], stride = [2, 1, 3];
        bool same = padding == "SAME";
        int[] output = [.. filter.Select((f, i) => same ? (size[i + 1] + stride[i] - 1) / stride[i] : (size[i + 1] - f) / stride[i] + 1)];
        int[] before = [.. filter.Select((f, i) => same ? Math.Max((output[i] - 1) * stride[i] + f - size[i + 1], 0) / 2 : 0)];
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, size), y = b.Tensor("y", DType.Float32, 2, output[0], output[1], output[2], 3);
        byte[] options = FlexMap.Of(("data_format", "NDHWC"), ("padding", padding), ("ksize", new[] { 1, 2, 3, 2, 1 }), ("strides", new[] { 1, 2, 1, 3, 1 }));
        b.Custom(pool, [x], [y], options).Output(y);
        float[] values = Twin.Floats(2 * 5 * 4 * 7 * 3);
        var expected = from n in Enumerable.Range(0, 2)
                       from d in Enumerable.Range(0, output[0])
                       from h in Enumerable.Range(0, output[1])
                       from w in Enumerable.Range(0, output[2])
                       from c in Enumerable.Range(0, 3)
                       let seen = Window(0, d).SelectMany(i => Window(1, h).SelectMany(j => Window(2, w).Select(k => values[(((n * 5 + i) * 4 + j) * 7 + k) * 3 + c])))
                       select pool == "MaxPool3D" ? seen.Max() : seen.Average();
        Twin.GivesNearly(b, [.. expected], 1e-6f, values);

        IEnumerable<int> Window(int axis, int at) =>
            Enumerable.Range(at * stride[axis] - before[axis], filter[axis]).Where(i => i >= 0 && i < size[axis + 1]);
    }

    [Fact]
    public void Bytes_of_a_volume_round_half_away_from_zero()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int8, 1, 2, 1, 1, 2), y = b.Tensor("y", DType.Int8, 1, 1, 1, 1, 2);
        byte[] options = FlexMap.Of(("padding", "VALID"), ("ksize", new[] { 1, 2, 1, 1, 1 }), ("strides", new[] { 1, 1, 1, 1, 1 }));
        b.Quantize(x, 0.5f, 3).Quantize(y, 0.5f, 3).Custom("AvgPool3D", [x], [y], options).Output(y);
        Twin.Gives(b, new sbyte[] { 3, -3 }, new sbyte[] { 2, -2, 3, -3 });
    }

    [Fact]
    public void A_region_that_is_no_reduction_is_refused()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4), init = b.Input("init", DType.Float32), y = b.Tensor("y", DType.Float32, 3);
        b.Operator(BuiltinOperator.StablehloReduceWindow, [x, init], [y], new StablehloReduceWindowOptionsRecord { WindowDimensions = [2], BodySubgraphIndex = 1 });
        b.Output(y).Subgraph("body");
        int u = b.Input("u", DType.Float32), v = b.Input("v", DType.Float32), z = b.Tensor("z", DType.Float32);
        b.Operator(BuiltinOperator.Sub, [u, v], [z], new SubOptionsRecord()).Output(z);
        Assert.Contains("subgraph 1 is no region that is supported", Twin.Refusal(b));
    }

    [Fact]
    public void A_window_wider_than_the_input_gives_nothing()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 4), init = b.Constant("init", [0f]), y = b.Tensor("y", DType.Float32, 0);
        int[] inputs = [x, init, b.Constant("window", DType.Int64, [5L], 1), b.Constant("strides", DType.Int64, [1L], 1), b.Constant("dilations", DType.Int64, [1L], 1)];
        b.Operator(BuiltinOperator.ReduceWindow, inputs, [y], new ReduceWindowOptionsRecord { ReduceFunction = ReduceWindowFunction.Add }).Output(y);
        Twin.Gives(b, Array.Empty<float>(), Twin.Floats(4));
    }

    [Fact]
    public void A_gather_outside_is_moved_inside_and_a_bad_slice_is_refused()
    {
        Assert.Contains("slice size 6 along axis 0 is outside [0, 5]", Twin.Refusal(Gather(6)));
        Twin.Gives(Gather(2), [30f, 40, 0, 10], new[] { 0f, 10, 20, 30, 40 }, new[] { 99, -99 });

        static ModelBuilder Gather(int size)
        {
            var b = new ModelBuilder();
            int x = b.Input("x", DType.Float32, 5), at = b.Input("at", DType.Int32, 2, 1), y = b.Tensor("y", DType.Float32, 2, 2);
            return b.Operator(BuiltinOperator.StablehloGather, [x, at], [y],
                new StablehloGatherOptionsRecord { OffsetDims = [1], CollapsedSliceDims = [], StartIndexMap = [0], IndexVectorDim = 1, SliceSizes = [size] }).Output(y);
        }
    }
}
