using System.Runtime.InteropServices;
using Graft.Adapters.Binding;
using Graft.Adapters.Form;
using Graft.Safetensors;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Token numbers, a table of their rows, and a linear layer, with adapters for both; no token sees another.</summary>
internal sealed class TokenModel : IDisposable
{
    public const int Outputs = 18;

    private const int Vocabulary = 11, Width = 24, Rank = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-tokens").FullName;
    private readonly BindingMap _map;

    /// <param name="kind">float, hybrid (integer weights of the layer) or int8.</param>
    /// <param name="isLookup">EMBEDDING_LOOKUP, with sequences and tokens joined, instead of GATHER.</param>
    /// <param name="isProduct">BATCH_MATMUL instead of FULLY_CONNECTED.</param>
    /// <param name="sequences">Sequences of the batch.</param>
    /// <param name="tokens">Tokens of each.</param>
    public TokenModel(string kind, bool isLookup, bool isProduct, int sequences, int tokens)
    {
        var b = new ModelBuilder();
        bool isInteger = kind == "int8";
        int ids = b.Input("ids", DType.Int32, sequences, tokens);
        int[] leading = isLookup ? [sequences * tokens] : [sequences, tokens];
        int table = Constant(b, "table", isInteger, 1, Vocabulary, Width), rows = b.Tensor("rows", isInteger ? DType.Int8 : DType.Float32, [.. leading, Width]);
        if (isInteger) b.Quantize(rows, 1 / 200f);
        if (isLookup) b.Operator(BuiltinOperator.EmbeddingLookup, [b.Reshape(ids, "flat", sequences * tokens), table], [rows]);
        else b.Operator(BuiltinOperator.Gather, [table, ids], [rows], new GatherOptionsRecord());
        int weight = Constant(b, "weight", kind != "float", 2, isProduct ? [Width, Outputs] : [Outputs, Width]);
        int y = b.Tensor("y", isInteger ? DType.Int8 : DType.Float32, [.. leading, Outputs]);
        if (isInteger) b.Quantize(y, 1 / 16f, 3);
        if (isProduct) b.Operator(BuiltinOperator.BatchMatMul, [rows, weight], [y], new BatchMatMulOptionsRecord());
        else b.Operator(BuiltinOperator.FullyConnected, [rows, weight, -1], [y], new FullyConnectedOptionsRecord { KeepNumDims = !isLookup });
        Model = b.Output(y).Load();
        int node = isLookup ? 1 : 0;
        _map = new(new Dictionary<string, ModuleBinding>
        {
            ["table"] = new("table", ModuleKind.Embedding, [new() { Subgraph = 0, Node = node, Operand = isLookup ? 1 : 0, Orientation = Orientation.Table }], BindingEvidence.Map),
            ["layer"] = new("layer", ModuleKind.Linear, [new() { Subgraph = 0, Node = node + 1, Operand = 1, Orientation = isProduct ? Orientation.Columns : Orientation.Rows }], BindingEvidence.Map),
        });
    }

    public Model Model { get; }

    /// <summary>LoRA of the table and of the layer.</summary>
    public Adapter Lora(int seed)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, $"lora{seed}")).FullName;
        var writer = new SafetensorsWriter();
        Add("table.lora_embedding_A", seed, Rank, Vocabulary);
        Add("table.lora_embedding_B", seed + 1, Width, Rank);
        Add("layer.lora_A.weight", seed + 2, Rank, Width);
        Add("layer.lora_B.weight", seed + 3, Outputs, Rank);
        writer.Save(Path.Combine(folder, "adapter_model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), $$"""{"peft_type": "LORA", "r": {{Rank}}, "lora_alpha": {{Rank}}, "target_modules": ["table", "layer"]}""");
        return Model.LoadAdapter(folder, _map);

        void Add(string name, int seed, params int[] shape) =>
            writer.Add("base_model.model." + name, SafetensorsDType.F32, shape, MemoryMarshal.AsBytes(LoraFolder.Numbers(shape[0] * shape[1], seed).AsSpan()).ToArray());
    }

    /// <summary>The numbers of the output, as they are stored.</summary>
    public static float[] Run(Interpreter interpreter, AdapterSelection? adapter)
    {
        interpreter.Adapter = adapter;
        var ids = interpreter.Inputs[0].Span<int>();
        for (int i = 0; i < ids.Length; i++) ids[i] = i * 7 % Vocabulary;
        interpreter.Invoke();
        var output = interpreter.Outputs[0];
        return output.Type == DType.Float32 ? output.Span<float>().ToArray() : [.. output.Span<sbyte>().ToArray().Select(q => (float)q)];
    }

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int Constant(ModelBuilder b, string name, bool isInteger, int seed, params int[] shape)
    {
        float[] values = LoraFolder.Numbers(shape[0] * shape[1], seed);
        if (!isInteger) return b.Constant(name, values, shape);
        int integers = b.Constant(name, DType.Int8, [.. values.Select(v => (sbyte)Math.Round(v * 200))], shape);
        b.Quantize(integers, 1 / 200f);
        return integers;
    }
}
