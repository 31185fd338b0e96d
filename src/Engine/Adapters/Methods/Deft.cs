using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// DEFT: dW = Q (R - T^T W), Q = T an orthonormal basis of P (qr), or Q = P and T = relu(P) (relu); with <c>para</c>, R is zero.
/// </summary>
internal sealed class Deft : IAdapterMethod
{
    public static string Name => "DEFT";

    public static MethodTraits Traits => MethodTraits.Linear;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("r", "init_weights", "init_scale", "deft_dropout");
        string method = config.Text("decomposition_method") ?? "relu";
        if (method is not ("qr" or "relu")) throw source.Problem($"\"decomposition_method\" is \"{method}\" (known: qr, relu)");
        bool isRemoval = config.Flag("para");
        double? alpha = config.Number("alpha");
        return MethodReading.Each(source, ["deft_P"], module =>
        {
            var p = source.Tensors.Take(module, "deft_P", 2).AsMatrix();
            var r = isRemoval ? null : source.Tensors.Take(module, "deft_R", 2).AsMatrix();
            if (r is not null && alpha is > 0) r = r.Scaled((float)(alpha.Value / p.Columns));
            var q = method == "qr" ? LinearAlgebra.HouseholderQ(p) : p;
            var right = method == "qr" ? q : new(p.Rows, p.Columns, Array.ConvertAll(p.Values, v => Math.Max(v, 0)));
            return new TermsChange(module, false, (m, _, terms) =>
            {
                var inner = right.Transposed().Times(m.Weight).Scaled(-1);
                terms.AddLowRank(r is null ? inner : inner.Plus(r), q);
            });
        });
    }
}
