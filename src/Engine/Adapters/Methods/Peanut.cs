using System.Globalization;
using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>PEANuT (Zhong et al. 2024, arXiv 2410.01870): dW = scaling * g(W^T)^T, g a small network with residuals that sees the weight itself.</summary>
internal sealed class Peanut : IAdapterMethod
{
    public static string Name => "PEANUT";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("r", "depth", "init_weights");
        float scaling = (float)(config.Number("scaling") ?? 1);
        string activation = config.Text("act_fn") ?? "relu";
        if (activation != "relu") throw source.Problem($"\"act_fn\" is \"{activation}\" (supported: relu)");
        return MethodReading.Each(source, ["peanut_A.weight", "peanut_B.weight"], module =>
        {
            Matrix a = source.Tensors.Take(module, "peanut_A.weight", 2).AsMatrix(), b = source.Tensors.Take(module, "peanut_B.weight", 2).AsMatrix();
            Matrix[] encoders = Stack(source, module, "peanut_encoders"), decoders = Stack(source, module, "peanut_decoders");
            if (encoders.Length != decoders.Length) throw source.Problem($"module \"{module}\" has {encoders.Length} encoders and {decoders.Length} decoders");
            return TermsChange.Dense(module, m => Network(m.Weight, a, b, encoders, decoders).Scaled(scaling));
        });
    }

    private static Matrix[] Stack(PeftSource source, string module, string name)
    {
        var layers = new List<Matrix>();
        while (source.Tensors.TryTake(module, $"{name}.{layers.Count.ToString(CultureInfo.InvariantCulture)}.weight", 2) is { } layer) layers.Add(layer.AsMatrix());
        return [.. layers];
    }

    private static Matrix Network(Matrix weight, Matrix a, Matrix b, Matrix[] encoders, Matrix[] decoders)
    {
        var hidden = Relu(weight.Transposed().Times(a.Transposed()));
        var residuals = new Stack<Matrix>();
        foreach (var encoder in encoders)
        {
            residuals.Push(hidden);
            hidden = Relu(hidden.Times(encoder.Transposed()));
        }
        foreach (var decoder in decoders) hidden = Relu(hidden.Times(decoder.Transposed())).Plus(residuals.Pop());
        return hidden.Times(b.Transposed()).Transposed();
    }

    private static Matrix Relu(Matrix x) => new(x.Rows, x.Columns, Array.ConvertAll(x.Values, v => Math.Max(v, 0)));
}
