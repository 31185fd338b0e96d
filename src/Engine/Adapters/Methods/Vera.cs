using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// VeRA (Kopiczko et al. 2023, arXiv 2310.11454): dW = diag(lambda_b) B diag(lambda_d) A, A and B random, shared by all modules and cut to
/// size from the top left.
/// </summary>
internal sealed class Vera : IAdapterMethod
{
    public static string Name => "VERA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source) => Read(source, "vera", halves: 1);

    /// <param name="source">The adapter.</param>
    /// <param name="prefix">Of parameter names.</param>
    /// <param name="halves">2 where the first half of the ranks gives means and the second variances, which inference does not use.</param>
    internal static IEnumerable<IModuleChange> Read(PeftSource source, string prefix, int halves)
    {
        source.Config.Ignore("d_initial", prefix + "_dropout");
        source.Config.Refuse("sample_at_inference", "sampling makes results differ from run to run");
        int rank = source.Config.Count("r", 256);
        string a = $"base_model.{prefix}_A", b = $"base_model.{prefix}_B";
        var shared = SharedBases.Read(source, prefix + "_lambda_b", a, b, 2, (generator, outputs, inputs) => (
            new(a, [halves * rank, inputs], generator.Uniform(halves * rank * inputs, Bound(inputs))),
            new(b, [outputs, rank], generator.Uniform(outputs * rank, Bound(rank)))));
        return MethodReading.Each(source, [prefix + "_lambda_b", prefix + "_lambda_d"], module =>
        {
            float[] outer = source.Tensors.Take(module, prefix + "_lambda_b", 1).Values, inner = source.Tensors.Take(module, prefix + "_lambda_d", 1).Values;
            if (inner.Length != halves * rank) throw source.Problem($"module \"{module}\": {prefix}_lambda_d has {inner.Length} elements, but the configuration says \"r\" {rank}");
            return TermsChange.LowRank(module, m =>
            {
                var (first, second) = shared.For(m);
                return (Cut(first.AsMatrix(), rank, m.Inputs).ScaledRows(inner), Cut(second.AsMatrix(), m.Outputs, rank).ScaledRows(outer));
            });
        });
    }

    /// <summary>The bound of torch.nn.init.kaiming_uniform_ for this many inputs.</summary>
    private static double Bound(int fan) => Math.Sqrt(3) * (Math.Sqrt(2) / Math.Sqrt(fan));

    /// <summary>The top left part of a matrix.</summary>
    internal static Matrix Cut(Matrix matrix, int rows, int columns)
    {
        if (rows > matrix.Rows || columns > matrix.Columns) throw new ArgumentException($"{rows} x {columns} of a shared {matrix.Rows} x {matrix.Columns}");
        var cut = new Matrix(rows, columns);
        for (int r = 0; r < rows; r++) matrix.Row(r)[..columns].CopyTo(cut.Row(r));
        return cut;
    }
}
