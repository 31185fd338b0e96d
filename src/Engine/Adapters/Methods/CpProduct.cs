using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>A filter from three factors: out[p,r,h,w] = sum over i, j of t[i,j,h,w] a[i,p] b[j,r], as a matrix (p, r * h * w).</summary>
internal static class CpProduct
{
    public static Matrix Of(PeftSource source, AdapterTensor core, AdapterTensor a, AdapterTensor b)
    {
        if (core.Shape.Length != 4 || a.Shape.Length != 2 || b.Shape.Length != 2 || a.Shape[0] != core.Shape[0] || b.Shape[0] != core.Shape[1])
            throw source.Problem($"{core}, {a} and {b} do not fit together");
        int outputs = a.Shape[1], inputs = b.Shape[1], area = core.Shape[2] * core.Shape[3];
        // First over i: (p, j * area); then over j for each position.
        var half = a.AsMatrix().Transposed().Times(new Matrix(core.Shape[0], core.Shape[1] * area, core.Values));
        var product = new Matrix(outputs, inputs * area);
        for (int p = 0; p < outputs; p++)
        {
            var row = half.Row(p);
            for (int j = 0; j < core.Shape[1]; j++)
            {
                for (int r = 0; r < inputs; r++)
                {
                    float factor = b.Values[j * inputs + r];
                    for (int at = 0; at < area; at++) product[p, r * area + at] += row[j * area + at] * factor;
                }
            }
        }
        return product;
    }
}
