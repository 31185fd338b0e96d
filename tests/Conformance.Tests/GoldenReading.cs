using Graft.Tests;
using Graft.Conformance.Comparing;
using Graft.Conformance.Reading;
using Graft.Conformance.Rules;
using Graft.Conformance.Running;
using Graft.Safetensors;

namespace Graft.Conformance.Tests;

/// <summary>The conventions of golden files.</summary>
public sealed class GoldenReading
{
    private static readonly ModelFacts Exact = FakeModel.One(OperatorClass.Exact);

    [Fact]
    public void Steps_run_in_the_order_that_the_metadata_gives()
    {
        var golden = new GoldenBuilder()
            .Meta("order", """["b:s1/","a:","b:s0/"]""").Meta("steps", """[{},{"reset":true},{}]""")
            .Floats("a:in/0", 1).Floats("a:out/0", 7).Floats("b:s0/in/0", 2).Floats("b:s0/out/0",
                7).Floats("b:s1/in/0", 3).Floats("b:s1/out/0", 7)
            .Build();
        var model = new FakeModel(Exact, FakeTensor.Of(DType.Float32, [7f])) { Inputs =
            [(DType.Float32, new Shape(1))] };
        var comparisons = GoldenRun.Run(golden, model, default);
        Assert.Equal(["b:s1/out/0", "a:out/0", "b:s0/out/0"], comparisons.Select(c => c.Key));
        Assert.All(comparisons, c => Assert.Equal(Outcome.BitExact, c.Verdict.Outcome));
        string[] calls = ["select b", "set 0 float32 4", "invoke", "select a", "reset", "set 0 float32 4", "invoke",
            "select b", "set 0 float32 4", "invoke"];
        Assert.Equal(calls, model.Calls.Take(calls.Length));
    }

    [Fact]
    public void Shapes_that_differ_from_the_models_resize()
    {
        var golden = new GoldenBuilder()
            .Meta("order", """["s0/","s1/","s2/"]""").Meta("steps", """[{},{"resize":{"0":[2]},"strict":true},{}]""")
            .Floats("s0/in/0", 1).Floats("s0/out/0", 7)
            .Floats("s1/in/0", 1, 2).Floats("s1/out/0", 7)
            .Floats("s2/in/0", 1, 2, 3).Floats("s2/out/0", 7)
            .Build();
        var model = new FakeModel(Exact, FakeTensor.Of(DType.Float32, [7f])) { Inputs =
            [(DType.Float32, new Shape(1))] };
        GoldenRun.Run(golden, model, default);
        string[] calls = ["set 0 float32 4", "invoke", "resize 0 [2] strict", "set 0 float32 8", "invoke",
            "resize 0 [3]", "set 0 float32 12", "invoke"];
        Assert.Equal(calls, model.Calls);
    }

    [Fact]
    public void All_resizes_come_before_the_first_input_is_set()
    {
        var golden = new GoldenBuilder().Floats("in/0", 1, 2).Floats("in/1", 1, 2).Floats("out/0", 7).Build();
        var model = new FakeModel(Exact, FakeTensor.Of(DType.Float32, [7f])) { Inputs =
            [(DType.Float32, new Shape(1)), (DType.Float32, new Shape(1))] };
        GoldenRun.Run(golden, model, default);
        Assert.Equal(["resize 0 [2]", "resize 1 [2]", "set 0 float32 8", "set 1 float32 8", "invoke"], model.Calls);
    }

    [Fact]
    public void True_types_come_from_the_metadata()
    {
        var golden = new GoldenBuilder()
            .Meta("inputs", """[{"name":"a","dtype":"i4","shape":[3]},{"name":"b","dtype":"c64","shape":[2]},{"name":"c","dtype":"f8e5","shape":[2]},{"name":"d","dtype":"complex128","shape":[]}]""")
            .Add("in/0", SafetensorsDType.U8, new byte[2])
            .Add("in/1", SafetensorsDType.F32, new float[4], 2, 2)
            .Add("in/2", SafetensorsDType.U8, new byte[2])
            .Add("in/3", SafetensorsDType.F64, new double[2])
            .Floats("out/0", 1)
            .Build();
        var inputs = Assert.Single(golden.Steps).Inputs;
        Assert.Equal((DType.Int4, new Shape(3)), (inputs[0].Type, inputs[0].Shape));
        Assert.Equal((DType.Complex64, new Shape(2)), (inputs[1].Type, inputs[1].Shape));
        Assert.Equal((DType.Float8E5M2, new Shape(2)), (inputs[2].Type, inputs[2].Shape));
        Assert.Equal((DType.Complex128, Shape.Scalar), (inputs[3].Type, inputs[3].Shape));
    }

    [Theory]
    [InlineData("""{"f":[{"name":"z","dtype":"f32"},{"name":"a","dtype":"f32","scale":0.5,"zero_point":1}]}""",
        "outputs")]
    [InlineData("""[{"signature":"f","name":"z","dtype":"float32"},{"signature":"f","name":"a","dtype":"float32","scale":[0.5],"zero_point":[1]}]""", "outputs")]
    [InlineData("""{"f":{"inputs":[],"outputs":[{"signature_name":"z","name":"0","dtype":"float32"},{"signature_name":"a","name":"1","dtype":"float32","scale":0.5,"zero_point":1}]}}""", "signatures")]
    public void Descriptions_of_signatures_come_in_several_forms(string json, string key)
    {
        var golden = new GoldenBuilder().Meta("order", """["f:"]""").Meta("steps", "[{}]").Meta(key,
            json).Floats("f:out/0", 1).Floats("f:out/1", 1).Build();
        var outputs = Assert.Single(golden.Steps).Outputs;
        Assert.Equal(("a", 0.5f), (outputs[0].Description!.Name, outputs[0].Description!.Scales[0]));
        Assert.Equal("z", outputs[1].Description!.Name);
        Assert.Empty(outputs[1].Description!.Scales);
    }

    [Fact]
    public void Some_rows_of_an_output_can_stand_for_it()
    {
        var golden = new GoldenBuilder().Meta("order", """["f:"]""").Meta("steps", "[{}]")
            .Add("f:rows1to2", SafetensorsDType.F32, new[] { 3f, 4f, 5f, 6f }, 1, 2, 2)
            .Add("f:opt_rows2to2", SafetensorsDType.F32, new[] { 5f, 6f }, 1, 1, 2)
            .Build();
        FakeTensor With(params float[] values) =>
            FakeTensor.Of(DType.Float32, values) with { Shape = new Shape(1, values.Length / 2, 2) };
        Outcome Run(FakeTensor actual) =>
            Assert.Single(GoldenRun.Run(golden, new FakeModel(Exact, actual), default)).Verdict.Outcome;
        Assert.Equal(Outcome.BitExact, Run(With(1, 2, 3, 4, 5, 6)));
        Assert.Equal(Outcome.Failed, Run(With(1, 2, 3, 4, 5, 7)));
        Assert.Equal(Outcome.Failed, Run(With(1, 2, 3, 4)));
    }

    [Fact]
    public void Other_tensors_are_ignored()
    {
        var golden = new GoldenBuilder().Floats("out/0", 1).Floats("logits/clean", 1).Floats("torch/0",
            2).Floats("p0/greedy", 3).Build();
        Assert.Single(Assert.Single(golden.Steps).Outputs[0].Results);
    }

    [Theory]
    [InlineData("order", "[]", "belongs to no step")]
    [InlineData("order", """["s0/"]""", "belongs to no step")]
    [InlineData("order", "nonsense", "not valid JSON")]
    [InlineData("order", "7", "unexpected form")]
    [InlineData("steps", "[{},{}]", "order has 1 entries, steps 2")]
    [InlineData("steps", """[{"reset":7}]""", "unexpected form")]
    [InlineData("outputs", """[{"name":"y","dtype":"f33"}]""", "unknown element type 'f33'")]
    [InlineData("outputs", """[{"name":"y","dtype":"i8"}]""", "cannot hold int8")]
    [InlineData("outputs", """[{"name":"y","dtype":"c64"}]""", "must end in an axis of 2")]
    public void Goldens_that_contradict_themselves_are_refused(string key, string value, string words)
    {
        var error = Assert.Throws<GoldenException>(() => new GoldenBuilder().Meta(key, value).Floats("out/0", 1, 2,
            3).Build());
        Assert.Contains(words, error.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_golden_without_outputs_is_refused_unless_the_model_has_none()
    {
        var nothing = new GoldenBuilder().Floats("in/0", 1).Meta("outputs", "[]").Build();
        Assert.Empty(GoldenRun.Run(nothing, new FakeModel(Exact) { Inputs = [(DType.Float32, new Shape(1))] },
            default));
        var stripped = new GoldenBuilder().Floats("in/0", 1).Meta("trimmed", "all of it").Build();
        var model = new FakeModel(Exact, FakeTensor.Of(DType.Float32, [7f])) { Inputs =
            [(DType.Float32, new Shape(1))] };
        Assert.Throws<GoldenException>(() => GoldenRun.Run(stripped, model, default));
    }

    /// <summary>Every golden of the corpus has a form that the reader knows, and something to compare.</summary>
    [SharedFact]
    public void Every_golden_of_the_corpus_is_read()
    {
        int read = 0;
        foreach (string path in SharedCorpus.Files(pattern: "*.safetensors"))
        {
            if (!File.Exists(Path.ChangeExtension(path, ".tflite"))
                || path.Contains("_malformed", System.StringComparison.Ordinal))
                continue;
            var golden = GoldenReader.Read(SafetensorsFile.Open(path));
            Assert.NotEqual("", golden.Reference);
            Assert.True(golden.DeclaresNoOutputs
                || golden.Steps.All(s => s.Outputs.Count > 0 || golden.Steps.Count > 1), path);
            read++;
        }
        Assert.InRange(read, 9000, 20000);
    }
}
