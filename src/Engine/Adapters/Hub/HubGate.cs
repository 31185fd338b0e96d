using Graft.Adapters.Form;

namespace Graft.Adapters.Hub;

/// <summary>Reads the gate of a method, a linear layer with one output.</summary>
internal static class HubGate
{
    public static RowGate Read(HubSource source, string module, string name, int inputs)
    {
        var weight = source.Tensors.Take(module, name + ".weight", 2);
        var bias = source.Tensors.Take(module, name + ".bias", 1);
        if (weight.Shape[0] != 1 || weight.Shape[1] != inputs) throw source.Problem($"{weight} must be [1,{inputs}]");
        if (bias.Shape[0] != 1) throw source.Problem($"{bias} must have 1 element");
        return new(weight.AsMatrix(), bias.Values);
    }
}
