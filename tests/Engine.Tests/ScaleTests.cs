using System.Diagnostics;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Files of a megabyte or so, made to cost as much as possible: time and memory stay in proportion to their size.</summary>
public sealed class ScaleTests
{
    private const int Many = 20_000;

    /// <summary>Far above what any of these takes, far below what one that is quadratic would take.</summary>
    private static readonly TimeSpan s_timeMax = TimeSpan.FromSeconds(40);

    private static readonly Dictionary<string, Func<ModelBuilder, ModelBuilder>> s_kinds = new()
    {
        ["inputs"] = Inputs,
        ["inputs with data"] = b => InputsWithData(b),
        ["signatures"] = Signatures,
        ["constant nodes"] = ConstantNodes,
        ["growing constants"] = GrowingConstants,
        ["filled constants"] = FilledConstants,
        ["constant products"] = ConstantProducts,
        ["external buffers"] = ExternalBuffers,
        ["long names"] = LongNames,
        ["nested calls"] = NestedCalls,
        ["subgraphs"] = Subgraphs,
    };

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Loading_and_planning_cost_no_more_than_the_file_is_large(string kind)
    {
        byte[] bytes = s_kinds[kind](new ModelBuilder()).ToBytes();
        Assert.InRange(bytes.Length, 0, 4 << 20);
        long start = Stopwatch.GetTimestamp(), before = Environment.WorkingSet;
        try
        {
            using var model = Model.Load(bytes);
            using var interpreter = new Interpreter(model);
            interpreter.AllocateTensors();
        }
        catch (Exception e) when (e is ModelFormatException or UnsupportedModelException or OperatorException)
        {
            Assert.InRange(e.Message.Length, 1, 64 * Many);
        }
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_timeMax);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 1L << 29);
    }

    private static ModelBuilder Inputs(ModelBuilder b)
    {
        for (int i = 0; i < Many; i++) b.Tensor("", DType.Float32, 1);
        b.Record.Subgraphs![0].Inputs = b.Record.Subgraphs[0].Outputs = [.. Enumerable.Range(0, Many)];
        return b;
    }

    private static ModelBuilder InputsWithData(ModelBuilder b)
    {
        uint data = b.Buffer(new byte[4]);
        Inputs(b);
        for (int i = 0; i < Many; i++) b.TensorAt(i).Buffer = data;
        return b;
    }

    private static ModelBuilder Signatures(ModelBuilder b)
    {
        Inputs(b);
        for (int i = 0; i < Many; i++) b.Signature($"{i}", [("x", Many - 1)], [("y", Many - 1)]);
        return b;
    }

    private static ModelBuilder ConstantNodes(ModelBuilder b)
    {
        int x = b.Constant("", [1f], 1);
        int[] all = [.. Enumerable.Range(0, Many).Select(_ => b.Tensor("", DType.Float32, 1))];
        foreach (int y in all) b.Operator(BuiltinOperator.Abs, [x], [y]);
        return b.Output(all);
    }

    /// <summary>Each node makes four times of what the one before it made.</summary>
    private static ModelBuilder GrowingConstants(ModelBuilder b)
    {
        int x = b.Constant("x", new float[1 << 16], 1 << 16), four = b.Constant("four", [4], 1);
        for (int size = 1 << 18; size <= 1 << 28; size *= 4)
        {
            int y = b.Tensor("y", DType.Float32, size);
            b.Operator(BuiltinOperator.Tile, [x, four], [y]);
            x = y;
        }
        int sum = b.Tensor("sum", DType.Float32), axis = b.Constant("axis", [0], 1);
        b.Operator(BuiltinOperator.Sum, [x, axis], [sum], new ReducerOptionsRecord());
        return b.Output(sum);
    }

    /// <summary>Each node makes a megabyte of a few bytes.</summary>
    private static ModelBuilder FilledConstants(ModelBuilder b)
    {
        int size = b.Constant("size", [1 << 18], 1), value = b.Constant("value", [1f]), axis = b.Constant("axis", [0], 1);
        int[] all = [.. Enumerable.Range(0, Many / 4).Select(_ => Filled())];
        return b.Output(all);

        int Filled()
        {
            int y = b.Tensor("", DType.Float32, 1 << 18), sum = b.Tensor("", DType.Float32);
            b.Operator(BuiltinOperator.Fill, [size, value], [y]);
            b.Operator(BuiltinOperator.Sum, [y, axis], [sum], new ReducerOptionsRecord());
            return sum;
        }
    }

    private static ModelBuilder ConstantProducts(ModelBuilder b)
    {
        int x = b.Constant("x", new float[512 * 512], 512, 512);
        int[] all = [.. Enumerable.Range(0, Many / 4).Select(i => b.FullyConnected(x, x, -1, "", 512, 512))];
        int y = b.Tensor("y", DType.Float32, 512, 512);
        b.Operator(BuiltinOperator.AddN, all, [y]);
        return b.Output(y);
    }

    private static ModelBuilder ExternalBuffers(ModelBuilder b)
    {
        b.Record.ExternalBufferGroups = [new() { Name = "absent" }];
        b.Record.ExternalBuffers = [.. Enumerable.Range(1, Many).Select(i => new ExternalBufferRecord { Id = (uint)i, Length = 0 })];
        for (int i = 0; i < Many; i++) b.TensorAt(b.Tensor("", DType.Float32, 1)).ExternalBuffer = Many;
        return b.Output(0);
    }

    /// <summary>An unknown operator with a long name, used by many nodes.</summary>
    private static ModelBuilder LongNames(ModelBuilder b)
    {
        string name = new('a', 1 << 19);
        int x = b.Input("x", DType.Float32, 1), y = b.Tensor(name, DType.Float32, 1);
        for (int i = 0; i < Many; i++) b.Custom(name, [x], [y]);
        return b.Output(y);
    }

    /// <summary>Subgraph i calls the next one with two shapes: without limit, there would be 2^26 plans to make.</summary>
    private static ModelBuilder NestedCalls(ModelBuilder b)
    {
        const int depth = 27;
        for (int i = 0; i < depth; i++)
        {
            b.Subgraph($"{i}");
            int x = b.Input("x", DType.Float32, 1);
            if (i == depth - 1) return b.Output(x);
            int longer = b.Tensor("longer", DType.Float32, 1), twice = b.Tensor("twice", DType.Float32, 2), two = b.Constant("two", [2], 1);
            int once = b.Constant("once", [1f], 1), y = b.Tensor("y", DType.Float32, 1), z = b.Tensor("z", DType.Float32, 1);
            b.Operator(BuiltinOperator.Tile, [x, two], [twice]);
            b.Operator(BuiltinOperator.Concatenation, [twice, once], [longer], new ConcatenationOptionsRecord());
            int yes = b.Constant("yes", DType.Bool, [true]);
            var next = new IfOptionsRecord { ThenSubgraphIndex = i + 1, ElseSubgraphIndex = i + 1 };
            b.Operator(BuiltinOperator.If, [yes, twice], [y], next);
            b.Operator(BuiltinOperator.If, [yes, longer], [z], next);
            b.Output(y);
        }
        return b;
    }

    private static ModelBuilder Subgraphs(ModelBuilder b)
    {
        for (int i = 0; i < Many; i++) b.Subgraph("");
        return b;
    }
}
