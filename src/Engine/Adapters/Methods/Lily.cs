using Graft.Adapters.Form;
using Graft.Adapters.Peft;
using Graft.Adapters.Running;

namespace Graft.Adapters.Methods;

/// <summary>
/// Lily (Zhong et al. 2024, arXiv 2407.09946): dy = scaling * sum of p_e B_e (A x), where p is the mean over all rows of a batch of
/// softmax(R A x): a router weighs several B. What one row yields so depends on the others.
/// </summary>
internal sealed class Lily : IAdapterMethod
{
    public static string Name => "LILY";

    public static MethodTraits Traits => MethodTraits.Unmerged | MethodTraits.Scalable;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("stride_A", "init_weights");
        int rank = config.Count("r", 32), experts = config.Count("num_B", 2);
        float scaling = (float)(config.Number("scaling") ?? 1);
        return MethodReading.Each(source, ["lily_A.weight"], module =>
        {
            Matrix a = Take("lily_A", rank), b = Take("lily_B", experts * rank), router = Take("lily_router", experts);
            if (router.Columns != rank) throw source.Problem($"module \"{module}\": the router sees {router.Columns} numbers, but \"r\" is {rank}");
            return new TermsChange(module, false, (m, weight, terms) =>
            {
                if (a.Columns != m.Inputs || b.Columns != m.Outputs) throw new ArgumentException($"factors {b.Columns} x {rank} and {rank} x {a.Columns}");
                for (int e = 0; e < experts; e++)
                {
                    var part = new Matrix(rank, b.Columns, b.Values.AsSpan(e * rank * b.Columns, rank * b.Columns).ToArray());
                    terms.AddFunction(new GatedLowRank(a, null, part.Transposed().Scaled(scaling * weight), new(router.Times(a), new float[experts], e), isBatchWide: true));
                }
            });

            Matrix Take(string name, int rows)
            {
                var tensor = source.Tensors.Take(module, name + ".weight", 2);
                return tensor.Shape[0] == rows ? tensor.AsMatrix() : throw source.Problem($"{tensor} must have {rows} rows: \"r\" {rank}, \"num_B\" {experts}");
            }
        });
    }
}
