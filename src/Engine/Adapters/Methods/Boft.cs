using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// BOFT (Liu et al. 2023, arXiv 2311.06243): W' = diag(s) W B^T with B a product of butterfly factors P diag(R) P^T, each R the Cayley transform
/// of the skew part of what is stored. The bias is not scaled.
/// </summary>
internal sealed class Boft : IAdapterMethod
{
    public static string Name => "BOFT";

    public static MethodTraits Traits => MethodTraits.Linear;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("boft_block_size", "boft_block_num", "boft_n_butterfly_factor", "boft_dropout", "init_weights");
        return MethodReading.Each(source, ["boft_R", "boft_s"], module =>
        {
            var stored = source.Tensors.Take(module, "boft_R", 4);
            float[] scale = source.Tensors.Take(module, "boft_s").Values;
            if (stored.Shape[2] != stored.Shape[3]) throw source.Problem($"{stored} must hold square blocks");
            return TermsChange.Replace(module, m =>
            {
                if (scale.Length != m.Outputs) throw new ArgumentException($"boft_s has {scale.Length} elements");
                return m.Weight.Times(Butterfly(stored, m.Inputs).Transposed()).ScaledRows(scale);
            });
        });
    }

    private static Matrix Butterfly(AdapterTensor stored, int size)
    {
        int factors = stored.Shape[0], count = stored.Shape[1], block = stored.Shape[2];
        if (count * block != size) throw new ArgumentException($"{stored} for {size} inputs");
        var product = Matrix.Identity(size);
        for (int f = 0; f < factors; f++)
        {
            var blocks = new Matrix[count];
            for (int i = 0; i < count; i++)
            {
                var raw = new Matrix(block, block, stored.Values.AsSpan((f * count + i) * block * block, block * block).ToArray());
                blocks[i] = Rotations.Cayley(raw.Plus(raw.Transposed(), -1).Scaled(0.5f));
            }
            var diagonal = Rotations.BlockDiagonal(blocks, size);
            int[] order = Order(size, f, block);
            var factor = new Matrix(size, size);
            for (int r = 0; r < size; r++)
            {
                for (int c = 0; c < size; c++) factor[order[r], order[c]] = diagonal[r, c];
            }
            product = factor.Times(product);
        }
        return product;
    }

    /// <summary>
    /// Factor 0 leaves the order; factor i cuts the inputs into 2^i times fewer groups and puts the even half-blocks of each before the odd.
    /// </summary>
    private static int[] Order(int size, int factor, int block)
    {
        var order = Enumerable.Range(0, size).ToArray();
        if (factor == 0) return order;
        int half = Math.Max(block / 2, 1), groups = size / block / (1 << factor) is var g && g < 1 ? 1 : g, length = size / groups, at = 0;
        for (int group = 0; group < groups; group++)
        {
            for (int parity = 0; parity < 2; parity++)
            {
                for (int b = parity; b < length / half; b += 2)
                {
                    for (int i = 0; i < half; i++) order[at++] = group * length + b * half + i;
                }
            }
        }
        return order;
    }
}
