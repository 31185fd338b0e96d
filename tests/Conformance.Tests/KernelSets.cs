using Graft.Conformance.Comparing;
using Graft.Conformance.Rules;
using Graft.Conformance.Running;
using Graft.Safetensors;

namespace Graft.Conformance.Tests;

/// <summary>Which of the reference's results count, and by how much results may differ from them.</summary>
public sealed class KernelSets
{
    private static readonly ModelFacts Single = FakeModel.One(OperatorClass.Accumulating);

    private static Outcome Run(GoldenBuilder golden, ModelFacts facts, FakeTensor actual) =>
        Assert.Single(GoldenRun.Run(golden.Build(), new FakeModel(facts, actual), default)).Verdict.Outcome;

    private static Outcome Run(GoldenBuilder golden, ModelFacts facts, params float[] actual) =>
        Run(golden, facts, FakeTensor.Of(DType.Float32, actual));

    [Fact]
    public void Another_set_counts_when_it_is_near()
    {
        var golden = new GoldenBuilder().Floats("out/0", 1, 1).Floats("opt/0", 1, 1.0001f);
        Assert.Equal(Outcome.WithinTolerance, Run(golden, Single, 1, 1.0001f));
        Assert.Equal(Outcome.Failed, Run(golden, Single, 1.0001f, 1.0001f));
        Assert.Equal(Outcome.Failed, Run(golden, Single, 1, 1.00005f));
    }

    [Fact]
    public void Another_set_does_not_count_when_it_is_far()
    {
        var golden = new GoldenBuilder().Floats("out/0", 1, 1).Floats("opt/0", 1, 1.001f);
        Assert.Equal(Outcome.Failed, Run(golden, Single, 1, 1.001f));
        Assert.Equal(Outcome.Failed, Run(golden, Single with { IsWhole = true }, 1, 1.0011f));
        Assert.Equal(Outcome.WithinTolerance, Run(golden, Single with { IsHybrid = true }, 1, 1.001f));
        Assert.Equal(Outcome.Failed,
            Run(new GoldenBuilder().Floats("out/0", 1, 1).Floats("opt/0", 1, 1.03f), Single with { IsHybrid = true },
                1, 1.03f));
    }

    [Fact]
    public void Another_set_must_be_finite_where_out_is()
    {
        Assert.Equal(Outcome.Failed,
            Run(new GoldenBuilder().Floats("out/0", 1, 1).Floats("opt/0", 1, float.NaN), Single, 1, float.NaN));
        Assert.Equal(Outcome.Failed,
            Run(new GoldenBuilder().Floats("out/0", 1, 1).Floats("opt/0", 1, float.PositiveInfinity), Single, 1,
                float.PositiveInfinity));
    }

    [Fact]
    public void Xnnpack_does_not_count_where_it_is_wrong()
    {
        var golden = new GoldenBuilder().Floats("out/0", 1, 1).Floats("xnn/0", 1, 1.0001f);
        Assert.Equal(Outcome.WithinTolerance, Run(golden, Single, 1, 1.0001f));
        Assert.Equal(Outcome.Failed, Run(golden, Single with { TrustsXnnpack = false }, 1, 1.0001f));
    }

    [Fact]
    public void Only_out_counts_where_bytes_must_be_equal() =>
        Assert.Equal(Outcome.Failed,
            Run(new GoldenBuilder().Floats("out/0", 1).Floats("opt/0", 1.0000001f), FakeModel.One(OperatorClass.Exact),
                1.0000001f));

    [Fact]
    public void Refs_own_result_never_counts() =>
        Assert.Equal(Outcome.Failed,
            Run(new GoldenBuilder().Floats("out/0", 1).Floats("ref/0", 1.0001f), Single, 1.0001f));

    [Fact]
    public void Whole_models_have_a_wider_bound()
    {
        var golden = new GoldenBuilder().Floats("out/0", 1, 1);
        Assert.Equal(Outcome.Failed, Run(golden, Single, 1, 1.000008f));
        Assert.Equal(Outcome.WithinTolerance, Run(golden, Single with { IsWhole = true }, 1, 1.000008f));
        Assert.Equal(Outcome.Failed, Run(golden, Single with { IsWhole = true }, 1, 1.000012f));
    }

    [Theory]
    [InlineData(1.0, 1.0009765625, false)]
    [InlineData(1.0, 1.001953125, true)]
    [InlineData(6e-8, 1.2e-7, false)]
    [InlineData(6e-8, 1.8e-7, true)]
    public void Half_precision_may_be_one_step_off(double expected, double actual, bool fails)
    {
        var golden = new GoldenBuilder().Add("out/0", SafetensorsDType.F16, new[] { (Half)expected });
        var outcome = Run(golden, FakeModel.One(OperatorClass.Elementwise),
            FakeTensor.Of(DType.Float16, new[] { (Half)actual }));
        Assert.Equal(fails ? Outcome.Failed : Outcome.WithinTolerance, outcome);
    }

    [Fact]
    public void Double_precision_has_its_own_bound()
    {
        var golden = new GoldenBuilder().Add("out/0", SafetensorsDType.F64, new[] { 1.0 });
        Assert.Equal(Outcome.WithinTolerance, Run(golden, Single, FakeTensor.Of(DType.Float64, new[] { 1 + 5e-14 })));
        Assert.Equal(Outcome.Failed, Run(golden, Single, FakeTensor.Of(DType.Float64, new[] { 1 + 2e-13 })));
    }

    [Fact]
    public void Random_outputs_without_a_seed_are_compared_by_type_and_shape()
    {
        var unseeded = Single with { IsUnseeded = true };
        var golden = new GoldenBuilder().Floats("out/0", 1, 2);
        Assert.Equal(Outcome.BitExact, Run(golden, unseeded, 5, 6));
        Assert.Equal(Outcome.Failed, Run(golden, unseeded, 5, 6, 7));
    }

    public static TheoryData<string, int, int, int, bool, bool> Quantised => new()
    {
        // reference, bits, steps off, elements off of 100, whole model, fails
        { "x BUILTIN_REF", 8, 1, 1, false, true },
        { "x BUILTIN_OPT", 8, 1, 1, false, false },
        { "x BUILTIN_OPT", 8, 2, 1, false, true },
        { "x BUILTIN_OPT", 8, 1, 2, false, true },
        { "x BUILTIN_OPT", 8, 3, 5, true, false },
        { "x BUILTIN_OPT", 8, 4, 5, true, true },
        { "x BUILTIN_OPT", 8, 3, 6, true, true },
        { "x BUILTIN_OPT", 16, 16, 5, true, false },
        { "x BUILTIN_OPT", 16, 17, 5, true, true },
        { "x BUILTIN_OPT", 16, 2, 1, false, true },
    };

    [Theory]
    [MemberData(nameof(Quantised))]
    public void Quantised_outputs_of_other_kernels_may_be_some_steps_off(string reference, int bits, int steps,
        int elements, bool isWhole, bool fails)
    {
        var golden = new GoldenBuilder().Meta("reference", reference)
            .Meta("outputs", $$"""[{"name":"y","dtype":"i{{bits}}","shape":[100],"scale":0.5,"zero_point":0}]""");
        var wrong = new short[100];
        for (int i = 0; i < elements; i++) wrong[i * 7] = (short)steps;
        var quantization = FakeTensor.Scale(0.5f, 0);
        golden = bits == 8 ? golden.Add("out/0", SafetensorsDType.I8, new sbyte[100])
            : golden.Add("out/0", SafetensorsDType.I16, new short[100]);
        var actual = bits == 8
            ? FakeTensor.Of(DType.Int8, Array.ConvertAll(wrong, v => (sbyte)v), quantization)
            : FakeTensor.Of(DType.Int16, wrong, quantization);
        Assert.Equal(fails ? Outcome.Failed : Outcome.WithinTolerance,
            Run(golden, Single with { IsWhole = isWhole }, actual));
    }

    [Fact]
    public void Integers_that_are_not_quantised_are_equal_whatever_the_reference()
    {
        var golden = new GoldenBuilder().Meta("reference", "x BUILTIN_OPT").Add("out/0", SafetensorsDType.I32,
            new int[100]);
        var wrong = new int[100];
        wrong[3] = 1;
        Assert.Equal(Outcome.Failed, Run(golden, Single, FakeTensor.Of(DType.Int32, wrong)));
    }
}
