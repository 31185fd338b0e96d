using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Safetensors;

namespace Graft.Tests;

/// <summary>AdaMSS, whose clusters of rows follow from the base's weights; expected values are those of torch's numbers and of scikit-learn's steps in NumPy.</summary>
public sealed class ClusterAdapterTests : IDisposable
{
    private const int Outputs = 10, Inputs = 7, Rank = 2;
    private const string Module = "encoder.query", Key = "base_model.model." + Module + ".adamss_";

    private static readonly int[] s_clusters = [2, 2, 2, 0, 2, 0, 2, 1, 2, 2];

    private static readonly float[] s_projection =
    [
        -0.40921f, 0.03291f, 0.554f, -0.08525f, -0.40892f, 0.34433f, 0.44987f, 0.17066f,
        -0.16601f, 0.30449f, -0.17316f, -0.78556f, -0.02668f, 0.2156f, -0.37708f, 0.20797f,
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-adamss").FullName;

    private readonly Dictionary<string, (int[] Shape, float[] Values)> _tensors = new()
    {
        ["newB"] = ([Rank, Inputs + 1], s_projection),
        ["A.0"] = ([1, Rank], [1, 2]),
        ["A.1"] = ([1, Rank], [-1, 0.5f]),
        ["A.2"] = ([2, Rank], [1, 0, 0.5f, 1]),
        ["B.0"] = ([2, 1], [2, 3]),
        ["B.1"] = ([1, 1], [4]),
        ["B.2"] = ([7, 2], [.. Enumerable.Range(0, 14).Select(i => i - 5f)]),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Torchs_normal_numbers_are_reproduced()
    {
        float[] known = [-1.1258f, -1.1524f, -0.2506f, -0.4339f, 0.8487f, 0.692f, -0.316f, -2.1152f, 0.3223f, -1.2633f, 0.35f, 0.3081f, 0.1198f, 1.2377f, 1.1168f, -0.2473f];
        Assert.All(known.Zip(new TorchGenerator(0).Normal(16)), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        // The last 16 of 20 are drawn again.
        float[] longer = new TorchGenerator(0).Normal(20);
        Assert.All(known[..4].Zip(longer), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Equal((0.5988f, 0.0537f), (MathF.Round(longer[4], 4), MathF.Round(longer[19], 4)));
        Assert.Throws<AdapterException>(() => new TorchGenerator(0).Normal(15));
    }

    [Theory]
    [InlineData(3, new[] { 2, 0, 2, 1, 1, 1, 2, 1, 1, 1, 1, 0 })]
    [InlineData(4, new[] { 2, 0, 2, 3, 1, 3, 0, 3, 1, 3, 1, 3 })]
    public void Clusters_are_those_of_scikit_learn(int clusters, int[] expected)
    {
        var rows = new Matrix(12, 2, [.. Enumerable.Range(0, 12).SelectMany(i => new[] { i * 7 % 13 / 3f, i * i % 17 / 5f })]);
        Assert.Equal(expected, KMeans.Labels(rows, clusters, 10, 123456789));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Factors_of_a_cluster_act_on_its_rows(bool isStored)
    {
        var terms = new LinearTerms(Outputs, Inputs);
        Read().Resolve(Base(isStored ? 0 : 1, isStored ? Weights(1) : null), 1, terms);
        var term = Assert.Single(terms.LowRanks);
        var (a, b) = (term.A, term.B);
        var delta = b.Times(a);
        var seen = new int[3];
        for (int r = 0; r < Outputs; r++)
        {
            int k = s_clusters[r], place = seen[k]++;
            var (factor, left) = (_tensors[$"A.{k}"].Values, _tensors[$"B.{k}"].Values);
            int rank = factor.Length / Rank;
            float Of(int column) => Enumerable.Range(0, rank).Sum(i => left[place * rank + i] * (factor[i * Rank] * s_projection[column] + factor[i * Rank + 1] * s_projection[Inputs + 1 + column]));
            for (int c = 0; c < Inputs; c++) Assert.Equal(Of(c), delta[r, c], 1e-4f);
            Assert.Equal(Of(Inputs), terms.Bias![r], 1e-4f);
        }
    }

    [Fact]
    public void Other_weights_than_those_of_the_training_are_refused()
    {
        var terms = new LinearTerms(Outputs, Inputs);
        Assert.Contains("give the base's weights", Assert.Throws<AdapterException>(() => Read().Resolve(Base(-1, null), 1, terms)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clusters_of_other_sizes_are_refused()
    {
        (_tensors["B.0"], _tensors["B.1"]) = (([1, 1], [2]), ([2, 1], [3, 4]));
        Assert.Contains("do not give the subspaces", Assert.Throws<AdapterException>(() => Read().Resolve(Base(1, null), 1, new(Outputs, Inputs))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A.1", "A.1\" is missing")]
    [InlineData("B.0", "has no \"adamss_B.0\"")]
    [InlineData("newB", "no tensors for such a module")]
    public void Tensors_must_be_there(string name, string message)
    {
        _tensors.Remove(name);
        Assert.Contains(message, Assert.Throws<AdapterException>(Read).Message, StringComparison.Ordinal);
    }

    private static float[] Weights(int sign) => [.. Enumerable.Range(0, Outputs * Inputs).Select(n => n / Inputs is var i && n % Inputs is var j ? ((i * 5 + j * 3) % 11 - 5) / 4f + (i % 3 == 0 ? 0.5f * sign : 0) : 0)];

    private static float[] Bias() => [.. Enumerable.Range(0, Outputs).Select(i => (i % 4 - 1.5f) / 2)];

    /// <summary>A base with weights of this sign's kind (zeros for 0), and maybe stored ones.</summary>
    private static BaseModule Base(int sign, float[]? stored) =>
        new(Module, ModuleKind.Linear, Outputs, Inputs, default, () => sign == 0 ? new(Outputs, Inputs) : new(Outputs, Inputs, Weights(sign)), Bias, true)
        {
            Stored = name => stored is null ? null : name == "weight" ? new(Outputs, Inputs, stored) : new(Outputs, 1, Bias()),
        };

    private IModuleChange Read()
    {
        var config = new JsonObject { ["peft_type"] = "ADAMSS", ["r"] = Rank, ["num_subspaces"] = 3, ["subspace_rank"] = 2, ["random_seed"] = 3, ["target_modules"] = new JsonArray("query") };
        File.WriteAllText(Path.Combine(_folder, "adapter_config.json"), config.ToJsonString());
        var writer = new SafetensorsWriter();
        foreach (var (name, (shape, values)) in _tensors) writer.Add(Key + name, SafetensorsDType.F32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        writer.Save(Path.Combine(_folder, "adapter_model.safetensors"));
        return Assert.Single(AdapterFile.Read(_folder).Changes);
    }
}
