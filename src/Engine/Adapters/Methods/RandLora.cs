using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// RandLoRA (Albert et al. 2025, arXiv 2502.00987): dW from random bases A (r, 1, min) and B (max, n, r), with a factor lambda (r, n) and
/// gamma (n, min) on the smaller one; scale alpha / r.
/// </summary>
internal sealed class RandLora : IAdapterMethod
{
    public static string Name => "RANDLORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("randlora_dropout", "init_weights");
        int rank = config.Count("r", 32);
        float scale = (float)((config.Number("randlora_alpha") ?? 640) / rank);
        var shared = Shared(source, rank);
        return MethodReading.Each(source, ["randlora_lambda", "randlora_gamma"], module =>
        {
            Matrix lambda = source.Tensors.Take(module, "randlora_lambda", 2).AsMatrix(), gamma = source.Tensors.Take(module, "randlora_gamma", 2).AsMatrix();
            if (lambda.Rows != rank) throw source.Problem($"module \"{module}\": randlora_lambda has rank {lambda.Rows}, but the configuration says {rank}");
            // Files repeat the shared bases for every module.
            var (ownA, ownB) = (source.Tensors.TryTake(module, "randlora_A", 3), source.Tensors.TryTake(module, "randlora_B", 3));
            return TermsChange.LowRank(module, m => Factors(m, shared.For(m), ownA, ownB, lambda, gamma, scale));
        });
    }

    private static SharedBases Shared(PeftSource source, int rank)
    {
        const string SharedA = "base_model.randlora_A", SharedB = "base_model.randlora_B";
        var config = source.Config;
        bool isSparse = config.Flag("sparse"), isVerySparse = config.Flag("very_sparse");
        return SharedBases.Read(source, "randlora_lambda", SharedA, SharedB, 3, (generator, outputs, inputs) =>
        {
            int small = Math.Min(outputs, inputs), large = Math.Max(outputs, inputs);
            int[] shapeA = [rank, 1, small], shapeB = [large, (small + rank - 1) / rank, rank];
            bool isDense = !isSparse && !isVerySparse;
            var (a, b) = isDense ? Dense(generator, shapeA, shapeB) : Sparse(generator, shapeA, shapeB, isVerySparse ? Math.Sqrt(small) : 3);
            return (new(SharedA, shapeA, a), new(SharedB, shapeB, b));
        });
    }

    /// <summary>Numbers as torch.nn.init.kaiming_uniform_ makes them with a^2 = 5, each of the bases of B for itself, over their standard deviation; all in bfloat16.</summary>
    private static (float[] A, float[] B) Dense(TorchGenerator generator, int[] shapeA, int[] shapeB)
    {
        var (large, bases, rank) = (shapeB[0], shapeB[1], shapeB[2]);
        float[] a = generator.BrainUniform(rank * shapeA[2], Bound(shapeA[2])), b = new float[large * bases * rank];
        for (int n = 0; n < bases; n++)
        {
            float[] one = generator.BrainUniform(large * rank, Bound(rank));
            for (int o = 0; o < large; o++) one.AsSpan(o * rank, rank).CopyTo(b.AsSpan((o * bases + n) * rank));
        }
        float byA = FloatBytes.RoundedToBrain(Deviation(a)), byB = FloatBytes.RoundedToBrain(Deviation(b));
        return (Array.ConvertAll(a, v => FloatBytes.RoundedToBrain(v / byA)), Array.ConvertAll(b, v => FloatBytes.RoundedToBrain(v / byB)));
    }

    private static double Bound(int fan) => Math.Sqrt(3) * (Math.Sqrt(2.0 / (1 + 5)) / Math.Sqrt(fan));

    /// <summary>-1 and 1, each with probability 1 / (2 s), and zeros, over their standard deviation (Achlioptas 2003).</summary>
    private static (float[] A, float[] B) Sparse(TorchGenerator generator, int[] shapeA, int[] shapeB, double s)
    {
        float low = (float)(1 / (2 * s)), high = (float)(1 - 1 / (2 * s));
        return (Signs(shapeA), Signs(shapeB));

        float[] Signs(int[] shape)
        {
            var signs = new float[shape[0] * shape[1] * shape[2]];
            for (int i = 0; i < signs.Length; i++) signs[i] = generator.Fraction() is var u && u < low ? -1 : u > high ? 1 : 0;
            float by = Deviation(signs);
            return Array.ConvertAll(signs, v => v / by);
        }
    }

    /// <summary>The standard deviation of a sample, n - 1 in the divisor.</summary>
    private static float Deviation(float[] values)
    {
        double mean = values.Average(v => (double)v), squares = values.Sum(v => (v - mean) * (v - mean));
        return (float)Math.Sqrt(squares / (values.Length - 1));
    }

    private static (Matrix A, Matrix B) Factors(BaseModule m, (AdapterTensor A, AdapterTensor B) shared, AdapterTensor? ownA, AdapterTensor? ownB, Matrix lambda, Matrix gamma, float scale)
    {
        AdapterTensor a = ownA ?? shared.A, b = ownB ?? shared.B;
        int small = Math.Min(m.Inputs, m.Outputs), large = Math.Max(m.Inputs, m.Outputs), rank = lambda.Rows, bases = lambda.Columns;
        if (a.Shape[0] != rank || a.Shape[2] < small || b.Shape[0] < large || b.Shape[1] < bases || b.Shape[2] != rank || gamma.Rows < bases || gamma.Columns < small)
            throw new ArgumentException($"{a}, {b}, lambda {lambda.Rows} x {lambda.Columns}");
        // Rows of the smaller factor run over (rank, base), columns of the larger over (base, rank).
        var first = new Matrix(rank * bases, small);
        for (int r = 0; r < rank; r++)
        {
            for (int n = 0; n < bases; n++)
            {
                for (int i = 0; i < small; i++) first[r * bases + n, i] = a.Values[r * a.Shape[1] * a.Shape[2] + i] * lambda[r, n] * gamma[n, i];
            }
        }
        var second = new Matrix(large, bases * rank);
        for (int o = 0; o < large; o++) b.Values.AsSpan(o * b.Shape[1] * rank, bases * rank).CopyTo(second.Row(o));
        return m.Inputs == small ? (first, second.Scaled(scale)) : (second.Transposed(), first.Transposed().Scaled(scale));
    }
}
