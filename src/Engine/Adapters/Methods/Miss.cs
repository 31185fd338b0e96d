using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// MiSS (Kang 2024, arXiv 2409.15371): a block M (r, out) is repeated over the inputs, dW[o, k r + i] = M[i, o]; a last part of inputs gets its
/// beginning. <c>mini</c> repeats M over the outputs too; <c>bat</c> adds blocks W_b M + M.
/// </summary>
internal sealed class Miss : IAdapterMethod
{
    private const string Parameter = "miss_block";

    public static string Name => "MISS";

    public static MethodTraits Traits => MethodTraits.Linear;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("r", "mini_r", "miss_dropout", "init_weights");
        string form = config.IsText("init_weights") ? config.Text("init_weights")! : "";
        if (form is not ("" or "bat" or "mini")) throw source.Problem($"\"init_weights\" is \"{form}\" (known: true, bat, mini)");
        return MethodReading.Each(source, [Parameter], module =>
        {
            var block = source.Tensors.Take(module, Parameter);
            return new TermsChange(module, false, (m, _, terms) => terms.AddDense(form == "bat" ? Blocks(block, m) : Tiles(block, m, form == "mini")));
        });
    }

    private static Matrix Tiles(AdapterTensor block, BaseModule m, bool repeats)
    {
        var tile = block.AsMatrix();
        if (block.Shape.Length != 2 || (repeats ? m.Outputs % tile.Columns != 0 : tile.Columns != m.Outputs)) throw new ArgumentException($"{block}");
        var delta = new Matrix(m.Outputs, m.Inputs);
        for (int o = 0; o < m.Outputs; o++)
        {
            for (int i = 0; i < m.Inputs; i++) delta[o, i] = tile[i % tile.Rows, o % tile.Columns];
        }
        return delta;
    }

    /// <summary>Square blocks of W, each times the block of its row of blocks, plus that block.</summary>
    private static Matrix Blocks(AdapterTensor block, BaseModule m)
    {
        if (block.Shape is not [var count, var r, var columns] || r != columns || count * r != m.Outputs || m.Inputs % r != 0) throw new ArgumentException($"{block}");
        var delta = new Matrix(m.Outputs, m.Inputs);
        for (int across = 0; across < m.Inputs / r; across++)
        {
            for (int down = 0; down < count; down++)
            {
                for (int a = 0; a < r; a++)
                {
                    for (int c = 0; c < r; c++)
                    {
                        float sum = block.Values[(down * r + a) * r + c];
                        for (int k = 0; k < r; k++) sum += m.Weight[down * r + a, across * r + k] * block.Values[(down * r + k) * r + c];
                        delta[down * r + a, across * r + c] = sum;
                    }
                }
            }
        }
        return delta;
    }
}
