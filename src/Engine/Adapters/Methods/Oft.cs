using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// OFT (Qiu et al. 2023, arXiv 2306.07280): y = W (x R)^T + b with R block-diagonal, from a skew-symmetric Q per block that is stored by its
/// upper triangle. R = (I - Q)(I + Q)^-1, or, with the Cayley-Neumann flag, a truncated series of (I + Q)(I - Q)^-1: the flag changes the
/// direction of the rotation, not only its precision.
/// </summary>
internal sealed class Oft : IAdapterMethod
{
    /// <summary>The first release whose series is the one computed here.</summary>
    private static readonly Version SeriesSince = new(0, 18);

    public static string Name => "OFT";

    public static MethodTraits Traits => MethodTraits.Linear | MethodTraits.Combinable;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("module_dropout", "init_weights");
        if (source.Tensors.Names.FirstOrDefault(n => n.EndsWith(".oft_r", StringComparison.Ordinal)) is { } legacy)
            throw source.Problem($"\"{legacy}\" is of the form before PEFT 0.14, whose meaning was another; train the adapter again");
        int? rank = config.Integer("r"), size = config.Integer("oft_block_size");
        if (!config.Has("oft_block_size")) throw source.Problem("\"oft_block_size\" is missing: adapters of PEFT before 0.14 mean something else");
        if (rank > 0 && size > 0 && config.Has("peft_version") && rank is not null && !Agree(source, rank.Value, size.Value))
            throw source.Problem($"\"r\" {rank} and \"oft_block_size\" {size} exclude each other; one of them must be 0");
        bool isSeries = config.Flag("use_cayley_neumann", absent: true);
        int terms = config.Count("num_cayley_neumann_terms", 5);
        if (isSeries && (!Version.TryParse(config.Text("peft_version")?.Split(".dev")[0], out var version) || version < SeriesSince))
            throw source.Problem("\"use_cayley_neumann\" with a \"peft_version\" that is missing or below 0.18: the series changed then; save the adapter with a newer PEFT");
        bool isShared = config.Flag("block_share"), isConstrained = config.Flag("coft");
        double epsilon = config.Number("eps") ?? 6e-5;
        return MethodReading.Each(source, ["oft_R.weight", "oft_embedding_R.weight"], module =>
        {
            bool isEmbedding = source.Tensors.Has(module, "oft_embedding_R.weight");
            var stored = source.Tensors.Take(module, isEmbedding ? "oft_embedding_R.weight" : "oft_R.weight", 2);
            int block = BlockSize(source, stored);
            var blocks = new Matrix[stored.Shape[0]];
            for (int i = 0; i < blocks.Length; i++)
            {
                var q = Rotations.Skew(stored.Values.AsSpan(i * stored.Shape[1], stored.Shape[1]), block);
                if (isConstrained) q = Rotations.Bounded(q, epsilon / Math.Sqrt(blocks.Length));
                blocks[i] = isSeries ? Rotations.Series(q, terms) : Rotations.Cayley(q);
            }
            if (!isShared && blocks.Length == 0) throw source.Problem($"{stored} has no blocks");
            // An embedding's output is rotated, and W is (dim, vocabulary): W' = R^T W.
            return isEmbedding ? TermsChange.Replace(module, m => Rotations.BlockDiagonal(blocks, m.Outputs).Transposed().Times(m.Weight))
                : TermsChange.Replace(module, m => Plain(m, module).Weight.Times(Rotations.BlockDiagonal(blocks, m.Inputs).Transposed()));
        });
    }

    /// <summary>
    /// PEFT rotates the patches of a larger filter and folds them back into an image, in which they overlap: a different function from the
    /// rotated weight that it merges.
    /// </summary>
    private static BaseModule Plain(BaseModule m, string module) => m.Kind != ModuleKind.Convolution || m.Filter is { Height: 1, Width: 1 } ? m
        : throw new AdapterException($"module \"{module}\": OFT on a {m.Filter.Height} x {m.Filter.Width} convolution has no single meaning (merged and unmerged results differ in PEFT)");

    private static bool Agree(PeftSource source, int rank, int block)
    {
        foreach (string module in source.Tensors.Modules("oft_R.weight"))
        {
            int[] shape = source.Tensors.Shape(module, "oft_R.weight");
            if (shape.Length == 2 && shape[0] == rank && block * (block - 1) / 2 == shape[1]) return true;
        }
        return false;
    }

    private static int BlockSize(PeftSource source, AdapterTensor stored)
    {
        int size = (int)((1 + Math.Sqrt(1 + 8.0 * stored.Shape[1])) / 2);
        return size * (size - 1) / 2 == stored.Shape[1] ? size : throw source.Problem($"{stored}: {stored.Shape[1]} is no number of elements above a diagonal");
    }
}
