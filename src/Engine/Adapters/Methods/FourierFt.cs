using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// FourierFT (Gao et al. 2024, arXiv 2405.03003): dW = scaling * Re(ifft2(S)), S zero but for n coefficients, whose places follow from a seed.
/// </summary>
internal sealed class FourierFt : IAdapterMethod
{
    private const string Parameter = "fourierft_spectrum";

    public static string Name => "FOURIERFT";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("n_frequency", "n_frequency_pattern", "init_weights");
        float scaling = (float)(config.Number("scaling") ?? 150);
        ulong seed = (ulong)(config.Integer("random_loc_seed") ?? 777);
        return MethodReading.Each(source, [Parameter], module =>
        {
            float[] spectrum = source.Tensors.Take(module, Parameter, 1).Values;
            return TermsChange.Dense(module, m => Inverse(spectrum, new TorchGenerator(seed).Permutation((long)m.Outputs * m.Inputs, spectrum.Length), m).Scaled(scaling));
        });
    }

    /// <summary>
    /// A coefficient at (u, v) gives the plane wave cos(2 pi (u o / out + v i / in)) / (out in), a matrix of rank 2, so that all of them are
    /// one product.
    /// </summary>
    private static Matrix Inverse(float[] spectrum, long[] places, BaseModule m)
    {
        var left = new Matrix(m.Outputs, 2 * spectrum.Length);
        var right = new Matrix(2 * spectrum.Length, m.Inputs);
        for (int k = 0; k < spectrum.Length; k++)
        {
            long u = places[k] / m.Inputs, v = places[k] % m.Inputs;
            double size = (double)m.Outputs * m.Inputs;
            for (int o = 0; o < m.Outputs; o++)
            {
                var (sine, cosine) = Math.SinCos(2 * Math.PI * (u * o % m.Outputs) / m.Outputs);
                (left[o, 2 * k], left[o, 2 * k + 1]) = ((float)(spectrum[k] * cosine / size), (float)(-spectrum[k] * sine / size));
            }
            for (int i = 0; i < m.Inputs; i++)
            {
                var (sine, cosine) = Math.SinCos(2 * Math.PI * (v * i % m.Inputs) / m.Inputs);
                (right[2 * k, i], right[2 * k + 1, i]) = ((float)cosine, (float)sine);
            }
        }
        return left.Times(right);
    }
}
