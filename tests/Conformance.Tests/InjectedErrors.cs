using System.Text;
using Graft.Conformance.Comparing;
using Graft.Conformance.Rules;
using Graft.Conformance.Running;
using Graft.Safetensors;

namespace Graft.Conformance.Tests;

/// <summary>For each kind of output: the right one passes, and one wrong bit or value fails.</summary>
public sealed class InjectedErrors
{
    private static readonly ModelFacts Exact = FakeModel.One(OperatorClass.Exact);
    private static readonly ModelFacts Elementwise = FakeModel.One(OperatorClass.Elementwise);
    private static readonly ModelFacts Accumulating = FakeModel.One(OperatorClass.Accumulating);

    private static Outcome Run(GoldenBuilder golden, ModelFacts facts, params FakeTensor[] outputs)
    {
        var comparisons = GoldenRun.Run(golden.Build(), new FakeModel(facts, outputs), default);
        Assert.NotEmpty(comparisons);
        return comparisons.Max(c => c.Verdict.Outcome);
    }

    private static Outcome Floats(ModelFacts facts, float[] golden, params float[] actual) =>
        Run(new GoldenBuilder().Floats("out/0", golden), facts, FakeTensor.Of(DType.Float32, actual));

    [Fact]
    public void Integers_are_equal()
    {
        var golden = new GoldenBuilder().Add("out/0", SafetensorsDType.I8, new sbyte[] { 1, 2, 3 });
        Assert.Equal(Outcome.BitExact, Run(golden, Accumulating, FakeTensor.Of<sbyte>(DType.Int8, [1, 2, 3])));
        Assert.Equal(Outcome.Failed, Run(golden, Accumulating, FakeTensor.Of<sbyte>(DType.Int8, [1, 2, 2])));
    }

    [Fact]
    public void Wide_integers_are_equal_in_every_bit()
    {
        var golden = new GoldenBuilder().Add("out/0", SafetensorsDType.U64, new[] { ulong.MaxValue, 0UL });
        Assert.Equal(Outcome.BitExact, Run(golden, Exact, FakeTensor.Of(DType.UInt64, new[] { ulong.MaxValue, 0UL })));
        Assert.Equal(Outcome.Failed,
            Run(golden, Exact, FakeTensor.Of(DType.UInt64, new[] { ulong.MaxValue - 1, 0UL })));
    }

    [Fact]
    public void Packed_integers_are_equal_but_for_the_padding()
    {
        var golden = new GoldenBuilder().Meta("outputs", """[{"name":"y","dtype":"i4","shape":[3]}]""").Add("out/0",
            SafetensorsDType.U8, new byte[] { 0x21, 0x03 });
        Assert.Equal(Outcome.BitExact, Run(golden, Exact, new FakeTensor(DType.Int4, new Shape(3), [0x21, 0xf3])));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, new FakeTensor(DType.Int4, new Shape(3), [0x21, 0x02])));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, new FakeTensor(DType.Int4, new Shape(1, 3), [0x21, 0x03])));
    }

    [Fact]
    public void Booleans_are_equal()
    {
        var golden = new GoldenBuilder().Add("out/0", SafetensorsDType.BOOL, new byte[] { 1, 0 });
        Assert.Equal(Outcome.BitExact, Run(golden, Exact, FakeTensor.Of<byte>(DType.Bool, [1, 0])));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, FakeTensor.Of<byte>(DType.Bool, [1, 1])));
    }

    [Fact]
    public void Strings_are_equal()
    {
        byte[] right = StringBuffer.Pack(["ab"u8.ToArray(), ""u8.ToArray()]), wrong =
            StringBuffer.Pack(["aB"u8.ToArray(), ""u8.ToArray()]);
        var golden = new GoldenBuilder()
            .Meta("outputs", """[{"name":"y","dtype":"string","shape":[-1],"string":true}]""").Meta("string_shapes",
                """{"out/0":[2]}""")
            .Add("out/0", SafetensorsDType.U8, right);
        Assert.Equal(Outcome.BitExact, Run(golden, Exact, new FakeTensor(DType.String, new Shape(2), right)));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, new FakeTensor(DType.String, new Shape(2), wrong)));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, new FakeTensor(DType.String, new Shape(2, 1), right)));
        Assert.Equal(Outcome.Failed,
            Run(golden, Exact, new FakeTensor(DType.String, new Shape(2), Encoding.UTF8.GetBytes("no buffer"))));
    }

    [Fact]
    public void Moved_and_selected_floats_are_equal_bit_for_bit()
    {
        Assert.Equal(Outcome.BitExact, Floats(Exact, [1, -0f], 1, -0f));
        Assert.Equal(Outcome.Failed, Floats(Exact, [1, -0f], 1, 0f));
        Assert.Equal(Outcome.Failed, Floats(Exact, [1, 2], MathF.BitIncrement(1), 2));
    }

    [Fact]
    public void Elementwise_errors_are_relative_to_the_element()
    {
        Assert.Equal(Outcome.WithinTolerance, Floats(Elementwise, [1e6f, 1e-3f], 1e6f, 1e-3f * (1 + 1.5e-6f)));
        Assert.Equal(Outcome.Failed, Floats(Elementwise, [1e6f, 1e-3f], 1e6f, 1e-3f * (1 + 3e-6f)));
    }

    [Fact]
    public void Accumulated_errors_are_relative_to_the_row()
    {
        var golden = new GoldenBuilder().Add("out/0", SafetensorsDType.F32, new[] { 10f, 0.001f, 0.01f, 0.001f }, 2, 2);
        FakeTensor With(params float[] values) => FakeTensor.Of(DType.Float32, values) with { Shape = new Shape(2, 2) };
        Assert.Equal(Outcome.WithinTolerance, Run(golden, Accumulating, With(10, 0.001f + 1.5e-5f, 0.01f, 0.001f)));
        Assert.Equal(Outcome.Failed, Run(golden, Accumulating, With(10, 0.001f + 3e-5f, 0.01f, 0.001f)));
        Assert.Equal(Outcome.Failed, Run(golden, Accumulating, With(10, 0.001f, 0.01f, 0.001f + 1.5e-5f)));
    }

    [Fact]
    public void Complex_numbers_are_compared_part_by_part()
    {
        var golden = new GoldenBuilder().Meta("outputs", """[{"name":"y","dtype":"c64","shape":[1]}]""").Add("out/0",
            SafetensorsDType.F32, new[] { 1f, -2f }, 1, 2);
        Assert.Equal(Outcome.BitExact,
            Run(golden, Accumulating,
                new FakeTensor(DType.Complex64, new Shape(1), FakeTensor.Of(DType.Float32, [1f, -2f]).Bytes)));
        Assert.Equal(Outcome.Failed,
            Run(golden, Accumulating,
                new FakeTensor(DType.Complex64, new Shape(1), FakeTensor.Of(DType.Float32, [1f, 2f]).Bytes)));
    }

    [Fact]
    public void Nan_is_where_the_reference_has_it()
    {
        Assert.NotEqual(Outcome.Failed, Floats(Elementwise, [float.NaN, 1], -float.NaN, 1));
        Assert.Equal(Outcome.Failed, Floats(Elementwise, [float.NaN, 1], 0, 1));
        Assert.Equal(Outcome.Failed, Floats(Elementwise, [2, 1], 2, float.NaN));
        Assert.Equal(Outcome.Failed, Floats(Accumulating, [2, 1], 2, float.NaN));
    }

    [Fact]
    public void Infinities_have_the_sign_of_the_reference()
    {
        Assert.Equal(Outcome.BitExact, Floats(Accumulating, [float.PositiveInfinity, 1], float.PositiveInfinity, 1));
        Assert.Equal(Outcome.Failed, Floats(Accumulating, [float.PositiveInfinity, 1], float.NegativeInfinity, 1));
        Assert.Equal(Outcome.Failed, Floats(Accumulating, [float.PositiveInfinity, 1], float.MaxValue, 1));
        Assert.Equal(Outcome.Failed, Floats(Accumulating, [2, 1], float.PositiveInfinity, 1));
    }

    [Fact]
    public void Clamping_operators_may_show_infinity_as_the_largest_float()
    {
        var clamping = Elementwise with { ClampsInfinity = true };
        Assert.NotEqual(Outcome.Failed, Floats(clamping, [float.MaxValue, 1], float.PositiveInfinity, 1));
        Assert.NotEqual(Outcome.Failed, Floats(clamping, [float.NegativeInfinity, 1], -float.MaxValue, 1));
        Assert.Equal(Outcome.Failed, Floats(clamping, [float.MaxValue, 1], float.NegativeInfinity, 1));
        Assert.Equal(Outcome.Failed,
            Floats(clamping with { Class = OperatorClass.Accumulating }, [float.MaxValue, 1], float.MaxValue, 2));
    }

    [Fact]
    public void Shape_and_type_are_compared()
    {
        var golden = new GoldenBuilder().Add("out/0", SafetensorsDType.F32, new[] { 1f, 2f }, 1, 2);
        var right = FakeTensor.Of(DType.Float32, [1f, 2f]) with { Shape = new Shape(1, 2) };
        Assert.Equal(Outcome.BitExact, Run(golden, Exact, right));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, right with { Shape = new Shape(2) }));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, right with { Type = DType.Int32 }));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, right with { Bytes = right.Bytes[..4] }));
    }

    [Fact]
    public void Quantisation_is_compared()
    {
        var golden = new GoldenBuilder()
            .Meta("outputs", """[{"name":"y","dtype":"i8","shape":[1],"scale":0.1,"zero_point":3}]""").Add("out/0",
                SafetensorsDType.I8, new sbyte[] { 1 });
        FakeTensor With(Quantization? quantization) => FakeTensor.Of<sbyte>(DType.Int8, [1], quantization);
        Assert.Equal(Outcome.BitExact, Run(golden, Exact, With(FakeTensor.Scale(0.1f, 3))));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, With(FakeTensor.Scale(0.1f, 4))));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, With(FakeTensor.Scale(MathF.BitIncrement(0.1f), 3))));
        Assert.Equal(Outcome.Failed, Run(golden, Exact, With(null)));
    }

    [Fact]
    public void Every_output_is_compared()
    {
        var one = FakeTensor.Of(DType.Float32, [1f]);
        var two = new GoldenBuilder().Floats("out/0", 1).Floats("out/1", 1);
        Assert.Equal(Outcome.BitExact, Run(two, Exact, one, one));
        Assert.Equal(Outcome.Failed, Run(two, Exact, one));
        Assert.Equal(Outcome.Failed, Run(two, Exact, one, one, one));
        Assert.Equal(Outcome.BitExact, Run(two.Meta("trimmed", "large outputs left out"), Exact, one, one, one));
        Assert.Equal(Outcome.Failed, Run(two, Exact, one));
    }
}
