using System.Runtime.InteropServices;
using Graft.Adapters.Form;
using Graft.Adapters.Lapack;
using Graft.Safetensors;

namespace Graft.Tests;

/// <summary>Singular vectors with LAPACK's signs (those here are SGESDD's of LAPACK 3.11), and PSOFT, which turns them.</summary>
public sealed class RotatedSubspaceTests : IDisposable
{
    private const int Inputs = 40, Outputs = 60, Rank = 3;

    private static readonly float[] s_weight = LoraFolder.Numbers(Outputs * Inputs, Outputs + Inputs);

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-psoft").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(10, 10, "++-+++-+-+")]
    [InlineData(40, 40, "-+---+++--")]
    [InlineData(60, 40, "++-+-+----")]
    [InlineData(40, 60, "+-+-+-+-+-")]
    [InlineData(90, 30, "-++++++++-")]
    [InlineData(30, 90, "-+-+-++--+")]
    [InlineData(120, 120, "-++---++--")]
    public void Signs_are_those_of_lapack(int rows, int columns, string expected)
    {
        var matrix = new Matrix(rows, columns, LoraFolder.Numbers(rows * columns, rows + columns));
        var (u, s, vt) = SingularVectors.Stable(matrix, expected.Length);
        Assert.Equal(expected, string.Concat(Enumerable.Range(0, expected.Length).Select(k => u[0, k] < 0 ? '-' : '+')));
        for (int k = 0; k < s.Length; k++)
        {
            Assert.True(k == 0 || s[k] <= s[k - 1]);
            for (int r = 0; r < rows; r++) Assert.Equal(s[k] * u[r, k], Enumerable.Range(0, columns).Sum(c => (double)matrix[r, c] * vt[k, c]), 1e-5);
            for (int c = 0; c < columns; c++) Assert.Equal(s[k] * vt[k, c], Enumerable.Range(0, rows).Sum(r => (double)matrix[r, c] * u[r, k]), 1e-5);
        }
    }

    [Fact]
    public void Equal_singular_values_have_no_vectors_of_their_own() =>
        Assert.Contains("hangs on rounding", Assert.Throws<AdapterException>(() => SingularVectors.Stable(Matrix.Identity(30).ScaledRows([.. Enumerable.Range(0, 30).Select(i => i < 4 ? 1f : 0.5f)])
            .Plus(new Matrix(30, 30, LoraFolder.Numbers(900, 4)), 3e-7f), 3)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("psoft_init", false)]
    [InlineData("pissa_init", true)]
    public void The_subspace_is_turned(string split, bool isSeries)
    {
        float[] skew = [0.1f, -0.2f, 0.3f], b = [1, 1.5f, 0.5f], a = [2, 1, 0.75f];
        Write(split, isSeries, ("weight", [3], skew), ("vector_b", [Rank], b), ("vector_a", [Rank], a));
        using var model = Build();
        using var adapter = model.LoadAdapter(_folder, Map());
        var q = new Matrix(3, 3, [0, skew[0], skew[1], -skew[0], 0, skew[2], -skew[1], -skew[2], 0]);
        Matrix square = q.Times(q), r = Matrix.Identity(3).Plus(q, 2).Plus(square, 2);
        // (I + Q)(I - Q)^-1 = 1 + 2 Q (1 + Q + Q² ...); of the series three terms more.
        if (isSeries) r = r.Plus(square.Times(q), 2).Plus(square.Times(square));
        else for (var power = square; power.Values.Any(v => Math.Abs(v) > 1e-9f);) r = r.Plus(power = power.Times(q), 2);
        var change = r.ScaledRows(b).ScaledColumns(a).Plus(Matrix.Identity(3), -1);
        var (u, s, vt) = SingularVectors.Stable(new Matrix(Outputs, Inputs, s_weight), Rank);
        float[] root = Array.ConvertAll(s, MathF.Sqrt);
        var delta = split == "pissa_init" ? u.ScaledColumns(root).Times(change).Times(vt.ScaledRows(root)) : u.ScaledColumns(s).Times(change).Times(vt);
        float[] x = LoraFolder.Numbers(Inputs, 8), expected = delta.Plus(new Matrix(Outputs, Inputs, s_weight)).Times(x);
        using var merged = model.Merge(adapter);
        Assert.All(expected.Zip(Run(model, adapter, x)), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
        Assert.All(expected.Zip(Run(merged, null, x)), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
    }

    [Theory]
    [InlineData("\"psoft_svd\": \"lowrank\"", "supported: full")]
    [InlineData("\"ab_svd_init\": \"other\"", "known: psoft_init")]
    [InlineData("\"r\": 4", "matrix of \"r\" 4 x 4")]
    public void A_key_that_does_not_fit_is_refused(string key, string message)
    {
        Write("psoft_init", false, ("weight", [3], [0, 0, 0]), ("vector_b", [Rank], [1, 1, 1]), ("vector_a", [Rank], [1, 1, 1]));
        string config = Path.Combine(_folder, "adapter_config.json"), name = key.Split(':')[0];
        File.WriteAllText(config, string.Join(", ", File.ReadAllText(config).Trim('{', '}').Split(", ").Where(k => !k.StartsWith(name, StringComparison.Ordinal)).Prepend(key)) is var keys ? $"{{{keys}}}" : "");
        using var model = Build();
        Assert.Contains(message, Assert.Throws<AdapterException>(() => model.LoadAdapter(_folder, Map())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rounded_weight_does_not_tell_the_vectors()
    {
        Write("psoft_init", false, ("weight", [3], [0.1f, 0, 0]), ("vector_b", [Rank], [1, 1, 1]), ("vector_a", [Rank], [1, 1, 1]));
        using var model = Build(isHalf: true);
        Assert.Contains("BaseWeights", Assert.Throws<AdapterException>(() => model.LoadAdapter(_folder, Map(isHalf: true))).Message, StringComparison.Ordinal);
    }

    private void Write(string split, bool isSeries, params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, shape, values) in tensors) writer.Add("base_model.model.layer.psoft_R." + name, SafetensorsDType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        writer.Save(Path.Combine(_folder, "adapter_model.safetensors"));
        File.WriteAllText(Path.Combine(_folder, "adapter_config.json"),
            $$"""{"peft_type": "PSOFT", "r": {{Rank}}, "psoft_alpha": 7, "ab_svd_init": "{{split}}", "psoft_svd": "full", "use_cayley_neumann": {{(isSeries ? "true" : "false")}}, "target_modules": ["layer"]}""");
    }

    private static float[] Run(Model model, Adapter? adapter, float[] x)
    {
        using var interpreter = new Interpreter(model) { Adapter = adapter };
        x.CopyTo(interpreter.Inputs[0].Span<float>());
        interpreter.Invoke();
        return interpreter.Outputs[0].Span<float>().ToArray();
    }

    private static Model Build(bool isHalf = false)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, Inputs), w = isHalf ? b.Tensor("w", DType.Float32, Outputs, Inputs) : b.Constant("w", s_weight, Outputs, Inputs);
        if (isHalf) b.Operator(Graft.Schema.BuiltinOperator.Dequantize, [b.Constant("h", DType.Float16, [.. s_weight.Select(v => (Half)v)], Outputs, Inputs)], [w]);
        return b.Output(b.FullyConnected(x, w, -1, "y", 1, Outputs)).Load();
    }

    private static Graft.Adapters.Binding.BindingMap Map(bool isHalf = false) => new(new Dictionary<string, Graft.Adapters.Binding.ModuleBinding>
    {
        ["layer"] = new("layer", ModuleKind.Linear, [new() { Subgraph = 0, Node = isHalf ? 1 : 0, Operand = 1, Orientation = Graft.Adapters.Binding.Orientation.Rows }], Graft.Adapters.Binding.BindingEvidence.Map),
    });
}
