using System.Text;
using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>TFLite's custom operators, where no golden shows them.</summary>
public sealed class CustomOperatorTests
{
    [Fact]
    public void A_table_of_bytes()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int8, 4), y = b.Tensor("y", DType.Int16, 4);
        short[] table = [.. Enumerable.Range(0, 256).Select(i => (short)(i * 100 - 9000))];
        b.Custom("Table", [x, b.Constant("table", DType.Int16, table, 256)], [y]).Output(y);
        Twin.Gives(b, [table[0], table[128], table[127], table[255]], new sbyte[] { -128, 0, -1, 127 });
    }

    [Fact]
    public void A_table_of_words_is_interpolated()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int16, 5), y = b.Tensor("y", DType.Int8, 5);
        sbyte[] table = [.. Enumerable.Range(0, 513).Select(i => (sbyte)(i / 4 - 64))];
        b.Custom("Table", [x, b.Constant("table", DType.Int8, table, 513)], [y]).Output(y);
        short[] values = [short.MinValue, -1, 0, 1000, short.MaxValue];
        Twin.Gives(b, [.. values.Select(Expected)], values);

        sbyte Expected(short value)
        {
            int node = (value + 32768) / 128, rest = (value + 32768) % 128;
            return (sbyte)(table[node] + Math.Floor((table[node + 1] - table[node]) * rest / 128.0 + 0.5));
        }
    }

    [Fact]
    public void Random_integers_are_in_range_and_repeat_with_their_seeds()
    {
        var b = new ModelBuilder();
        int low = b.Constant("low", [-3]), high = b.Constant("high", [4]), y = b.Tensor("y", DType.Int32, 1000);
        b.Custom("RandomUniformInt", [b.Constant("shape", [1000], 1), low, high], [y], FlexMap.Of(("seed", 5), ("seed2", 7))).Output(y);
        int[]? first = null;
        Twin.Run(b, [], interpreter =>
        {
            int[] values = interpreter.Outputs[0].Span<int>().ToArray();
            Assert.Equal(Enumerable.Range(-3, 7), values.Distinct().Order());
            Assert.Equal(first ??= values, values);
            interpreter.Invoke();
            Assert.NotEqual(first, interpreter.Outputs[0].Span<int>().ToArray());
        });
    }

    [Fact]
    public void Random_numbers_of_the_custom_operators_are_those_of_the_builtin_ones()
    {
        foreach (var (name, code) in ((string, BuiltinOperator)[])[("RandomUniform", BuiltinOperator.RandomUniform), ("RandomStandardNormal", BuiltinOperator.RandomStandardNormal)])
        {
            var b = new ModelBuilder();
            int shape = b.Constant("shape", [9], 1), y = b.Tensor("y", DType.Float32, 9), z = b.Tensor("z", DType.Float32, 9);
            b.Custom(name, [shape], [y], FlexMap.Of(("seed", 5), ("seed2", 7)));
            b.Operator(code, [shape], [z], new RandomOptionsRecord { Seed = 5, Seed2 = 7 }).Output(y, z);
            Twin.OutputsAgree(b);
        }
    }

    [Theory]
    [InlineData(new[] { 2, 3 }, new[] { 2, 3 }, new int[0], new int[0])]
    [InlineData(new[] { 4, 1, 3 }, new[] { 2, 3 }, new[] { 1 }, new[] { 0 })]
    [InlineData(new int[0], new[] { 2, 1 }, new[] { 0, 1 }, new[] { 1 })]
    public void Gradients_of_broadcasts_are_summed_along(int[] a, int[] b, int[] first, int[] second)
    {
        var m = new ModelBuilder();
        int x = m.Input("x", DType.Int32, a.Length), y = m.Input("y", DType.Int32, b.Length), u = m.Tensor("u", DType.Int32, 1), v = m.Tensor("v", DType.Int32, 1);
        m.Custom("BroadcastGradientArgs", [x, y], [u, v]).Output(u, v);
        Twin.Run(m, [a, b], interpreter =>
        {
            Assert.Equal(first, interpreter.Outputs[0].Span<int>().ToArray());
            Assert.Equal(second, interpreter.Outputs[1].Span<int>().ToArray());
        });
    }

    [Fact]
    public void Sparse_rows_need_not_be_in_order_and_must_exist()
    {
        var b = new ModelBuilder();
        int ids = b.Input("ids", DType.Int32, 3), indices = b.Constant("indices", [1, 0, 0, 0, 1, 1], 3, 2), shape = b.Constant("shape", [3, 2], 2);
        int weights = b.Constant("weights", [2f, 4, 6], 3), table = b.Constant("table", [1f, 2, 3, 4], 2, 2), y = b.Tensor("y", DType.Float32, 3, 2);
        b.Operator(BuiltinOperator.EmbeddingLookupSparse, [ids, indices, shape, weights, table], [y], new EmbeddingLookupSparseOptionsRecord { Combiner = CombinerType.Mean }).Output(y);
        Twin.Gives(b, [3f, 4, 2.5f, 3.5f, 0, 0], new[] { 0, 1, 1 });
        Assert.Contains("id 1 is 2, outside [0, 2)", Twin.Refusal(b, new[] { 0, 2, 0 }));
    }

    [Fact]
    public void Examples_in_the_form_of_version_1()
    {
        var b = new ModelBuilder();
        int examples = b.Input("examples", DType.String, 2), names = b.Constant("names", Array.Empty<string>(), 0);
        int sparse = b.Constant("sparse", ["words"]), dense = b.Constant("dense", ["size"]), fallback = b.Constant("fallback", DType.Int64, [-1L], 1);
        int indices = b.Tensor("indices", DType.Int64, 1, 2), words = b.Tensor("words", DType.String, 1), bounds = b.Tensor("bounds", DType.Int64, 2), size = b.Tensor("size", DType.Int64, 1);
        b.Custom("ParseExample", [examples, names, sparse, dense, fallback], [indices, words, bounds, size]).Output(indices, words, bounds, size);
        byte[] one = Example(Feature("words", Field(1, [.. Field(1, "ab"u8), .. Field(1, ""u8)]))), two = Example(Feature("size", Field(3, [8, 5])), Feature("words", Field(1, Field(1, "c"u8))));
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].SetStringBuffer(StringBuffer.Pack([one, two]));
        interpreter.Invoke();
        Assert.Equal([0L, 0, 0, 1, 1, 0], interpreter.Outputs[0].Span<long>().ToArray());
        Assert.Equal(["ab", "", "c"], interpreter.Outputs[1].Strings());
        Assert.Equal([2L, 2], interpreter.Outputs[2].Span<long>().ToArray());
        Assert.Equal([-1L, 5], interpreter.Outputs[3].Span<long>().ToArray());
        foreach (var (broken, problem) in ((byte[], string)[])[(one[..^1], "ends within a field"), (Example(Feature("size", Field(2, []))), "has type float32; int64 is expected"),
            (Example(Feature("size", Field(3, []))), "has 0 values; 1 are expected")])
        {
            interpreter.Inputs[0].SetStringBuffer(StringBuffer.Pack([broken, two]));
            Assert.Contains(problem, Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
        }
    }

    private static byte[] Example(params byte[][] entries) => Field(1, [.. entries.SelectMany(e => e)]);

    /// <summary>An entry of the map from names to features.</summary>
    private static byte[] Feature(string name, byte[] kind) => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(name)), .. Field(2, kind)]);

    /// <summary>A field of bytes, fewer than 128.</summary>
    private static byte[] Field(int number, ReadOnlySpan<byte> bytes) => [(byte)(number << 3 | 2), (byte)bytes.Length, .. bytes];
}
