using Graft.Conformance.Comparing;
using Graft.Conformance.Reading;
using Graft.Conformance.Rules;
using Graft.Conformance.Running;
using Graft.Safetensors;

namespace Graft.Conformance.Tests;

/// <summary>What the bound of an accumulated float is relative to.</summary>
public sealed class RowBounds
{
    private const float Large = 1, Small = 1e-4f, Off = 1e-6f;

    private static readonly ModelFacts Accumulating = FakeModel.One(OperatorClass.Accumulating);

    [Fact]
    public void A_row_bounds_its_own_elements() => Assert.Equal(Outcome.Failed, Run(Accumulating, 2, 2));

    [Fact]
    public void Rows_of_one_element_are_bounded_by_the_whole_tensor() =>
        Assert.Equal(Outcome.WithinTolerance, Run(Accumulating, 4, 1));

    [Fact]
    public void A_row_counts_as_the_operators_least_magnitude() =>
        Assert.Equal(Outcome.WithinTolerance, Run(Accumulating with { LeastMagnitude = 1 }, 2, 2));

    [Fact]
    public void Operators_that_are_not_accumulating_have_no_rows() =>
        Assert.Equal(Outcome.Failed, Run(FakeModel.One(OperatorClass.Elementwise), 4, 1));

    [Fact]
    public void Scale_zero_is_no_quantisation()
    {
        byte[] values = [1, 2];
        var golden = new GoldenBuilder().Meta("outputs", """[{"name": "y", "dtype": "i8", "shape": [2], "scale": 0.0, "zero_point": 5}]""")
            .Add("out/0", SafetensorsDType.I8, values);
        var actual = FakeTensor.Of(DType.Int8, values, FakeTensor.Scale(0, 5));
        Assert.Equal(Outcome.BitExact, Verdict(golden.Build(), new FakeModel(Accumulating, actual)));
        var scaled = FakeTensor.Of(DType.Int8, values, FakeTensor.Scale(0.5f, 5));
        Assert.Equal(Outcome.Failed, Verdict(golden.Build(), new FakeModel(Accumulating, scaled)));
    }

    /// <summary>A large row, then a small one whose last element is off by less than the bound of the large one.</summary>
    private static Outcome Run(ModelFacts facts, int rows, int columns)
    {
        float[] expected = [Large, Large, Small, Small], actual = [Large, Large, Small, Small + Off];
        var golden = new GoldenBuilder().Add("out/0", SafetensorsDType.F32, expected, rows, columns).Build();
        var tensor = FakeTensor.Of(DType.Float32, actual) with { Shape = new Shape(rows, columns) };
        return Verdict(golden, new FakeModel(facts, tensor));
    }

    private static Outcome Verdict(Golden golden, FakeModel model) => Assert.Single(GoldenRun.Run(golden, model, default)).Verdict.Outcome;
}
