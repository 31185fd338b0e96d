using System.Text.Json.Nodes;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Bottlenecks behind a layer whose output is added to a residual, in two sequences of three rows.</summary>
public sealed class BottleneckTests : IDisposable
{
    private const string Place = "bert.encoder.layer.0.output", Prefix = Place + ".adapters.ad.";
    private const int Width = 2, Length = 3, Batch = 2;

    private static readonly float[] s_weight = [1, 2, -1, 0.5f], s_down = [1, -2], s_up = [0.5f, -1], s_gate = [0.25f, 0.5f];

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-bottleneck").FullName;

    private readonly Dictionary<string, (int[], float[])> _tensors = new()
    {
        [Prefix + "adapter_down.0.weight"] = ([1, Width], s_down),
        [Prefix + "adapter_down.0.bias"] = ([1], [0.5f]),
        [Prefix + "adapter_up.weight"] = ([Width, 1], s_up),
        [Prefix + "adapter_up.bias"] = ([Width], [1, 2]),
    };

    private readonly JsonObject _method = new() { ["reduction_factor"] = 2, ["non_linearity"] = "relu", ["scaling"] = 3.0 };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_bottleneck_sees_the_layers_outputs() => Check((h, r, _) => Sum(h, h, 1));

    [Fact]
    public void A_parallel_one_sees_the_residual()
    {
        _method["is_parallel"] = true;
        Check((h, r, _) => Sum(r, h, 1));
    }

    [Fact]
    public void A_gate_is_a_mean_over_one_sequence()
    {
        _method["use_gating"] = true;
        _tensors[Prefix + "gate.weight"] = ([1, Width], s_gate);
        _tensors[Prefix + "gate.bias"] = ([1], [-1]);
        Check((h, _, sequence) => Sum(h, h, sequence.Average(x => 1 / (1 + MathF.Exp(1 - s_gate[0] * x[0] - s_gate[1] * x[1])))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tokens_of_a_sequence_may_differ_in_it_unless_it_has_a_gate(bool isGated)
    {
        _method["is_parallel"] = true;
        _method["use_gating"] = isGated;
        if (isGated) (_tensors[Prefix + "gate.weight"], _tensors[Prefix + "gate.bias"]) = (([1, Width], s_gate), ([1], [-1]));
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build(isAdded: true).Load();
        using var adapter = model.LoadAdapter(_folder, Map());
        TokenAdapters Segments() => new([(adapter, 1), (null, 2)], [(null, 1), (adapter, 2)]);
        if (isGated)
        {
            Assert.Contains("cannot be mixed", Assert.Throws<AdapterException>(Segments).Message, StringComparison.Ordinal);
            return;
        }
        float[] plain = Run(model, null), all = Run(model, adapter), mixed = Run(model, Segments());
        for (int i = 0; i < mixed.Length; i++) Assert.Equal(i / Width is 0 or 4 or 5 ? all[i] : plain[i], mixed[i]);
        Assert.All(plain.Zip(all), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public void Without_a_sum_behind_the_layer_there_is_no_residual()
    {
        _method["is_parallel"] = true;
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build(isAdded: false).Load();
        Assert.Contains("does not go straight into a sum", Assert.Throws<AdapterException>(() => model.LoadAdapter(_folder, Map())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_norm_that_the_model_lacks_is_named()
    {
        _method["original_ln_before"] = true;
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build(isAdded: true).Load();
        Assert.Contains(Place + ".LayerNorm", Assert.Throws<AdapterException>(() => model.LoadAdapter(_folder, Map())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reduction_factor", 4, "the bottleneck has 1 channels", false)]
    [InlineData("reduction_factor", 1, "the bottleneck has 1 channels", true)]
    [InlineData("non_linearity", "cube", "supported: relu", true)]
    [InlineData("original_ln_after", false, "part of the model", true)]
    [InlineData("inv_adapter", "nice", "inv_adapter", true)]
    [InlineData("scaling", "learned", "scaling\" is missing", true)]
    [InlineData("mh_adapter", true, "no tensors for module", true)]
    [InlineData("phm_layer", true, "no tensor's name ends in adapters.ad.adapter_up.b,", true)]
    public void A_key_that_does_not_fit_is_refused(string key, object value, string message, bool isRefused)
    {
        _method[key] = System.Text.Json.JsonSerializer.SerializeToNode(value);
        HubFiles.Write(_folder, _method, _tensors);
        string? refused = Record.Exception(() => Graft.Adapters.AdapterFile.Read(_folder))?.Message;
        if (isRefused) Assert.Contains(message, refused, StringComparison.Ordinal);
        else Assert.Null(refused);
    }

    /// <summary>Compares the model with what the formula makes of h and r.</summary>
    private void Check(Func<float[], float[], float[][], float[]> formula)
    {
        HubFiles.Write(_folder, _method, _tensors);
        using var model = Build(isAdded: true).Load();
        using var adapter = model.LoadAdapter(_folder, Map());
        using var interpreter = new Interpreter(model) { Adapter = adapter };
        float[][] inputs = [.. interpreter.Inputs.Select((t, k) => (float[])[.. Enumerable.Range(0, Batch * Length * Width).Select(i => (i * 7 + k * 3) % 5 - 2f)])];
        for (int k = 0; k < inputs.Length; k++) inputs[k].CopyTo(interpreter.Inputs[k].Span<float>());
        interpreter.Invoke();
        float[][] h = [.. inputs[0].Chunk(Width).Select(x => new[] { s_weight[0] * x[0] + s_weight[1] * x[1], s_weight[2] * x[0] + s_weight[3] * x[1] })];
        float[][] r = [.. inputs[1].Chunk(Width)];
        var expected = h.SelectMany((row, i) => formula(row, r[i], [.. h.Chunk(Length).ElementAt(i / Length)]).Zip(r[i], (y, added) => y + added));
        Assert.All(expected.Zip(interpreter.Outputs[0].Span<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static float[] Run(Model model, AdapterSelection? adapter)
    {
        using var interpreter = new Interpreter(model) { Adapter = adapter };
        for (int k = 0; k < 2; k++) LoraFolder.Numbers(Batch * Length * Width, k).CopyTo(interpreter.Inputs[k].Span<float>());
        interpreter.Invoke();
        return interpreter.Outputs[0].Span<float>().ToArray();
    }

    /// <summary>shortcut + gate * scaling * (up relu(down x + b) + c).</summary>
    private static float[] Sum(float[] x, float[] shortcut, float gate)
    {
        float narrow = Math.Max(s_down[0] * x[0] + s_down[1] * x[1] + 0.5f, 0);
        return [shortcut[0] + gate * 3 * (s_up[0] * narrow + 1), shortcut[1] + gate * 3 * (s_up[1] * narrow + 2)];
    }

    private static BindingMap Map() => new(new Dictionary<string, ModuleBinding>
    {
        [Place + ".dense"] = new(Place + ".dense", ModuleKind.Linear, [new() { Subgraph = 0, Node = 0, Operand = 1, Orientation = Orientation.Rows }], BindingEvidence.Map),
    });

    private static ModelBuilder Build(bool isAdded)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, Batch, Length, Width), r = b.Input("r", DType.Float32, Batch, Length, Width);
        int h = b.Reshape(b.FullyConnected(x, b.Constant("w", s_weight, Width, Width), -1, "h", Batch * Length, Width), "view", Batch, Length, Width);
        if (!isAdded) return b.Output(h);
        int y = b.Tensor("y", DType.Float32, Batch, Length, Width);
        return b.Operator(BuiltinOperator.Add, [h, r], [y], new AddOptionsRecord()).Output(y);
    }
}
