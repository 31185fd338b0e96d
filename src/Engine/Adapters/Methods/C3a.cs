using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// C3A (Chen et al. 2024, arXiv 2407.19342): dW of circulant blocks, dW[m b + i, n b + j] = kernel[m, n, (j - i) mod b] / in.
/// </summary>
internal sealed class C3a : IAdapterMethod
{
    public static string Name => "C3A";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("block_size", "block_size_pattern", "init_weights");
        return MethodReading.Each(source, ["c3a_kernel"], module =>
        {
            var kernel = source.Tensors.Take(module, "c3a_kernel", 3);
            return TermsChange.Dense(module, m => Circulant(kernel, m.Inputs));
        });
    }

    private static Matrix Circulant(AdapterTensor kernel, int inputs)
    {
        int down = kernel.Shape[0], across = kernel.Shape[1], b = kernel.Shape[2];
        var delta = new Matrix(down * b, across * b);
        for (int m = 0; m < down; m++)
        {
            for (int n = 0; n < across; n++)
            {
                var values = kernel.Values.AsSpan((m * across + n) * b, b);
                for (int i = 0; i < b; i++)
                {
                    for (int j = 0; j < b; j++) delta[m * b + i, n * b + j] = values[(j - i + b) % b] / inputs;
                }
            }
        }
        return delta;
    }
}
