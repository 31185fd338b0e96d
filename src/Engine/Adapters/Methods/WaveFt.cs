using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// WaveFT (Bilican et al. 2025, arXiv 2505.12532): a sparse matrix whose places follow from a seed, times a scale; by default it is the wavelet
/// transform (Daubechies) of dW, whose quadrants are approximation, horizontal, vertical and diagonal details.
/// </summary>
internal sealed class WaveFt : IAdapterMethod
{
    private const string Parameter = "waveft_spectrum";

    public static string Name => "WAVEFT";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("n_frequency", "n_frequency_pattern", "init_weights", "proportional_parameters");
        float scaling = (float)(config.Number("scaling") ?? 25);
        ulong seed = (ulong)(config.Integer("random_loc_seed") ?? 777);
        bool isTransformed = config.Flag("use_idwt", absent: true);
        string family = config.Text("wavelet_family") ?? "db1";
        double[] lowPass = isTransformed ? Daubechies.LowPass(family) ?? throw source.Problem($"\"wavelet_family\" is \"{family}\" (supported: {Daubechies.Names})") : [];
        return MethodReading.Each(source, [Parameter], module =>
        {
            float[] spectrum = source.Tensors.Take(module, Parameter, 1).Values;
            return TermsChange.Dense(module, m =>
            {
                long[] places = new TorchGenerator(seed).Permutation((long)m.Outputs * m.Inputs, spectrum.Length);
                return (isTransformed ? Transformed(spectrum, places, m, lowPass) : Placed(spectrum, places, m.Outputs, m.Inputs, m.Inputs, 0)).Scaled(scaling);
            });
        });
    }

    private static Matrix Placed(float[] spectrum, long[] places, int rows, int columns, int inputs, int margin)
    {
        var placed = new Matrix(rows, columns);
        for (int i = 0; i < spectrum.Length; i++) placed[(int)(places[i] / inputs) + margin, (int)(places[i] % inputs) + margin] = spectrum[i];
        return placed;
    }

    private static Matrix Transformed(float[] spectrum, long[] places, BaseModule m, double[] lowPass)
    {
        // What reconstruction loses at the borders is added before, in the middle of which the coefficients lie.
        int lost = lowPass.Length - 2, rows = Even(m.Outputs + lost), columns = Even(m.Inputs + lost);
        var padded = Placed(spectrum, places, rows, columns, m.Inputs, 0);
        var shifted = new Matrix(rows, columns);
        int down = (rows - m.Outputs) / 2, right = (columns - m.Inputs) / 2;
        for (int r = 0; r < m.Outputs; r++) padded.Row(r)[..m.Inputs].CopyTo(shifted.Row(r + down)[right..]);
        // The upper right quadrant has the details along the rows' axis: quadrants cross over between place and meaning.
        var whole = Reconstructed(Reconstructed(Crossed(shifted).Transposed(), lowPass).Transposed(), lowPass);
        int top = (whole.Rows - m.Outputs) / 2, left = (whole.Columns - m.Inputs) / 2;
        var delta = new Matrix(m.Outputs, m.Inputs);
        for (int r = 0; r < m.Outputs; r++) whole.Row(r + top).Slice(left, m.Inputs).CopyTo(delta.Row(r));
        return delta;
    }

    /// <summary>The matrix with its upper right and lower left quadrants exchanged.</summary>
    private static Matrix Crossed(Matrix matrix)
    {
        int rows = matrix.Rows / 2, columns = matrix.Columns / 2;
        var crossed = new Matrix(matrix.Rows, matrix.Columns);
        for (int r = 0; r < rows; r++)
        {
            matrix.Row(r)[..columns].CopyTo(crossed.Row(r));
            matrix.Row(r)[columns..].CopyTo(crossed.Row(r + rows));
            matrix.Row(r + rows)[..columns].CopyTo(crossed.Row(r)[columns..]);
            matrix.Row(r + rows)[columns..].CopyTo(crossed.Row(r + rows)[columns..]);
        }
        return crossed;
    }

    private static int Even(int value) => value + value % 2;

    /// <summary>One level of the inverse transform down the columns: the upper half of the rows are approximations, the lower details.</summary>
    private static Matrix Reconstructed(Matrix coefficients, double[] lowPass)
    {
        int half = coefficients.Rows / 2, length = lowPass.Length, rows = 2 * half - length + 2;
        var result = new Matrix(rows, coefficients.Columns);
        for (int k = 0; k < half; k++)
        {
            for (int t = 0; t < length; t++)
            {
                int at = 2 * k + t - (length - 2);
                if ((uint)at >= (uint)rows) continue;
                double low = lowPass[t], high = (t % 2 == 0 ? 1 : -1) * lowPass[length - 1 - t];
                for (int c = 0; c < coefficients.Columns; c++) result[at, c] += (float)(low * coefficients[k, c] + high * coefficients[half + k, c]);
            }
        }
        return result;
    }
}

/// <summary>Daubechies' orthogonal wavelets with one and two vanishing moments (Daubechies 1988): reconstruction low-pass filters.</summary>
internal static class Daubechies
{
    public const string Names = "db1, db2";

    public static double[]? LowPass(string name)
    {
        double root = Math.Sqrt(3), scale = 4 * Math.Sqrt(2);
        return name switch
        {
            "db1" or "haar" => [1 / Math.Sqrt(2), 1 / Math.Sqrt(2)],
            "db2" => [(1 + root) / scale, (3 + root) / scale, (3 - root) / scale, (1 - root) / scale],
            _ => null,
        };
    }
}
