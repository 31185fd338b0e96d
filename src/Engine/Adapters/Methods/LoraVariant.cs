using System.Text.Json;
using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// Forms of LoRA whose files look like plain ones: QA-LoRA (arXiv 2309.14717) pools its inputs in groups, BD-LoRA stores block-diagonal
/// factors by their blocks, KaSA (arXiv 2412.06071) has a diagonal between the factors and drops the smallest singular parts of the base.
/// </summary>
internal sealed class LoraVariant
{
    private readonly int _pool;
    private readonly int _blocks;
    private readonly string[] _blockA = [], _blockB = [];
    private readonly bool _isKasa;

    public LoraVariant(PeftConfig config)
    {
        int group = config.Count("qalora_group_size", 16);
        if (config.Flag("use_qalora")) _pool = group;
        _isKasa = config.Members("kasa_config").Count > 0;
        foreach (var (key, value) in config.Members("use_bdlora"))
        {
            if (key == "nblocks") _blocks = (int)config.Number("use_bdlora", value);
            else if (key == "target_modules_bd_a") _blockA = Names(value);
            else if (key == "target_modules_bd_b") _blockB = Names(value);
            else if (key != "match_strict") throw new AdapterException($"{config.Path}: unknown key \"use_bdlora.{key}\"");
        }
    }

    /// <summary>What is to be done with a module's factors; takes what else the variant stores.</summary>
    public Func<BaseModule, Matrix, Matrix, LinearTerms, (Matrix A, Matrix B)>? Prepare(PeftSource source, string module)
    {
        if (_isKasa) return Kasa(source.Tensors.Take(module, "lora_diag", 1).Values);
        if (_pool > 0) return (m, a, b, _) => (a.Columns == m.Inputs ? a : Pooled(a, m), b);
        if (_blocks == 0) return null;
        bool isBlockA = NamePatterns.IsAny(_blockA, module), isBlockB = NamePatterns.IsAny(_blockB, module);
        return (_, a, b, _) => (isBlockA ? Spread(a) : a, isBlockB ? Spread(b) : b);
    }

    private static string[] Names(JsonElement list) => [.. list.EnumerateArray().Select(n => n.GetString() ?? "")];

    /// <summary>A sees the mean of each group, times the number of groups.</summary>
    private Matrix Pooled(Matrix a, BaseModule m)
    {
        if (a.Columns * _pool != m.Inputs) throw new ArgumentException($"lora_A with {a.Columns} columns in groups of {_pool}");
        var spread = new Matrix(a.Rows, m.Inputs);
        for (int r = 0; r < a.Rows; r++)
        {
            for (int i = 0; i < m.Inputs; i++) spread[r, i] = a[r, i / _pool] * a.Columns / _pool;
        }
        return spread;
    }

    /// <summary>Blocks of rows put along the diagonal.</summary>
    private Matrix Spread(Matrix blocks)
    {
        var spread = new Matrix(blocks.Rows, blocks.Columns * _blocks);
        int rows = blocks.Rows / _blocks;
        if (rows * _blocks != blocks.Rows) throw new ArgumentException($"{blocks.Rows} rows in {_blocks} blocks");
        for (int r = 0; r < blocks.Rows; r++) blocks.Row(r).CopyTo(spread.Row(r)[(r / rows * blocks.Columns)..]);
        return spread;
    }

    private static Func<BaseModule, Matrix, Matrix, LinearTerms, (Matrix A, Matrix B)> Kasa(float[] diagonal) => (m, a, b, terms) =>
    {
        if (diagonal.Length != a.Rows) throw new ArgumentException($"lora_diag has {diagonal.Length} elements");
        int kept = Math.Min(m.Outputs, m.Inputs) - a.Rows;
        if (kept < 1) throw new ArgumentException($"rank {a.Rows} leaves nothing of the base");
        // What the base loses: its smallest singular parts.
        terms.AddDense(SingularValues.Smallest(m.Weight, kept).Scaled(-1));
        return (a.ScaledRows(diagonal), b);
    };
}
