using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// VB-LoRA (Li et al. 2024, arXiv 2405.15179): pieces of A's rows and B's columns are mixtures of the k best vectors of a shared bank, weighted
/// by the softmax of their logits.
/// </summary>
internal sealed class VbLora : IAdapterMethod
{
    private const string Bank = "base_model.vblora_vector_bank";

    public static string Name => "VBLORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("r", "num_vectors", "vector_length", "save_only_topk_weights", "init_vector_bank_bound", "init_logits_std", "init_weights", "vblora_dropout");
        int best = source.Config.Count("topk", 2);
        var bank = source.Tensors.TakeKey(Bank, 2).AsMatrix();
        return MethodReading.Each(source, ["vblora_logits_A", "vblora_logits_A_topk_weights"], module =>
        {
            // A: (r, tiles, length); B: (tiles, r, length), to (tiles * length, r).
            var (rank, tiles, first) = Mixed(source, module, "A", bank, best);
            var (tilesB, rankB, second) = Mixed(source, module, "B", bank, best);
            if (rank != rankB) throw source.Problem($"module \"{module}\": ranks of A and B are {rank} and {rankB}");
            int length = bank.Columns;
            var a = new Matrix(rank, tiles * length, first);
            var b = new Matrix(tilesB * length, rank);
            for (int t = 0; t < tilesB; t++)
            {
                for (int r = 0; r < rank; r++)
                {
                    for (int i = 0; i < length; i++) b[t * length + i, r] = second[(t * rank + r) * length + i];
                }
            }
            return TermsChange.LowRank(module, _ => (a, b));
        });
    }

    private static (int First, int Second, float[] Values) Mixed(PeftSource source, string module, string which, Matrix bank, int best)
    {
        string name = "vblora_logits_" + which;
        return source.Tensors.Has(module, name) ? FromLogits(source.Tensors.Take(module, name, 3), bank, best) : FromBest(source, module, name, bank);
    }

    private static (int First, int Second, float[] Values) FromLogits(AdapterTensor logits, Matrix bank, int best)
    {
        int cells = logits.Shape[0] * logits.Shape[1], count = logits.Shape[2];
        if (count != bank.Rows) throw new AdapterException($"{logits} does not fit a bank of {bank.Rows} vectors");
        var values = new float[cells * bank.Columns];
        for (int c = 0; c < cells; c++)
        {
            float[] scores = logits.Values.AsSpan(c * count, count).ToArray();
            int[] order = [.. Enumerable.Range(0, count).OrderByDescending(i => scores[i]).Take(best)];
            double top = scores[order[0]], sum = order.Sum(i => Math.Exp(scores[i] - top));
            foreach (int i in order) Mix(bank.Row(i), (float)(Math.Exp(scores[i] - top) / sum), values.AsSpan(c * bank.Columns, bank.Columns));
        }
        return (logits.Shape[0], logits.Shape[1], values);
    }

    /// <summary>Only the weights of the best were saved, without the last, which brings their sum to 1.</summary>
    private static (int First, int Second, float[] Values) FromBest(PeftSource source, string module, string name, Matrix bank)
    {
        int[] shape = source.Tensors.Shape(module, name + "_topk_indices");
        long[] indices = source.Tensors.TakeIntegers(source.Tensors.Key(module, name + "_topk_indices"));
        var weights = source.Tensors.Take(module, name + "_topk_weights", 3);
        int cells = shape[0] * shape[1], best = shape[2];
        if (weights.Shape[2] != best - 1 || weights.Values.Length != cells * (best - 1)) throw source.Problem($"{weights} does not fit {best} best vectors");
        var values = new float[cells * bank.Columns];
        for (int c = 0; c < cells; c++)
        {
            float rest = 1;
            for (int k = 0; k < best; k++)
            {
                long index = indices[c * best + k];
                if ((ulong)index >= (ulong)bank.Rows) throw source.Problem($"module \"{module}\": index {index} is outside the bank of {bank.Rows}");
                float weight = k == best - 1 ? rest : weights.Values[c * (best - 1) + k];
                rest -= weight;
                Mix(bank.Row((int)index), weight, values.AsSpan(c * bank.Columns, bank.Columns));
            }
        }
        return (shape[0], shape[1], values);
    }

    private static void Mix(ReadOnlySpan<float> vector, float weight, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++) target[i] += weight * vector[i];
    }
}
