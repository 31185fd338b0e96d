using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// LoKr (LyCORIS, Yeh et al. 2023, arXiv 2309.14859): dW = (alpha / r) kron(W1, W2), each factor whole or a product of two; convolutions may
/// have a CP core t2.
/// </summary>
internal sealed class LoKr : IAdapterMethod
{
    public static string Name => "LOKR";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("use_effective_conv2d", "decompose_both", "decompose_factor", "rank_dropout_scale");
        int rank = config.Count("r", 8);
        double alpha = config.Number("alpha") ?? 8;
        return MethodReading.Each(source, ["lokr_w1", "lokr_w1_a", "lokr_w2", "lokr_w2_a"], module =>
        {
            double r = MethodReading.Pattern(config, "rank_pattern", module, rank);
            float scale = (float)(MethodReading.Pattern(config, "alpha_pattern", module, alpha) / r);
            Matrix left = Factor(source, module, "1", out _), right = Factor(source, module, "2", out int area);
            var product = Kronecker(left, right, area).Scaled(scale);
            return TermsChange.Dense(module, m => new(m.Outputs, m.Inputs, product.Rows == m.Outputs ? product.Values
                : throw new ArgumentException($"a Kronecker product of {product.Rows} x {product.Columns}")));
        });
    }

    private static Matrix Factor(PeftSource source, string module, string which, out int area)
    {
        string whole = "lokr_w" + which;
        var tensors = source.Tensors;
        area = 1;
        if (tensors.Has(module, whole))
        {
            if (tensors.Has(module, whole + "_a") || tensors.Has(module, whole + "_b")) throw source.Problem($"module \"{module}\" has {whole} and its factors; only one form is allowed");
            var tensor = tensors.Take(module, whole);
            if (tensor.Shape.Length == 4) area = tensor.Shape[2] * tensor.Shape[3];
            return tensor.AsMatrix();
        }
        AdapterTensor a = tensors.Take(module, whole + "_a", 2), b = tensors.Take(module, whole + "_b");
        if (tensors.TryTake(module, "lokr_t" + which, 4) is { } core)
        {
            area = core.Shape[2] * core.Shape[3];
            return CpProduct.Of(source, core, a, b);
        }
        if (a.Shape[1] != b.Shape[0]) throw source.Problem($"{a} and {b} must have one rank");
        if (b.Shape.Length == 4) area = b.Shape[2] * b.Shape[3];
        return a.AsMatrix().Times(b.AsMatrix());
    }

    /// <summary>Kronecker product; the right factor's columns are (channel, position), and positions stay innermost.</summary>
    private static Matrix Kronecker(Matrix left, Matrix right, int area)
    {
        int channels = right.Columns / area;
        var product = new Matrix(left.Rows * right.Rows, left.Columns * right.Columns);
        for (int i = 0; i < left.Rows; i++)
        {
            for (int k = 0; k < right.Rows; k++)
            {
                var row = product.Row(i * right.Rows + k);
                for (int j = 0; j < left.Columns; j++)
                {
                    float factor = left[i, j];
                    var target = row.Slice(j * channels * area, right.Columns);
                    for (int c = 0; c < right.Columns; c++) target[c] = factor * right[k, c];
                }
            }
        }
        return product;
    }
}
