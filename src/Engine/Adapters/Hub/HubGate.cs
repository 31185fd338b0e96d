using Graft.Adapters.Form;

namespace Graft.Adapters.Hub;

/// <summary>Reads the gates of a method, the outputs of a linear layer.</summary>
internal static class HubGate
{
    public static RowGate Read(HubSource source, string module, string name, int inputs) => Read(source, module, name, inputs, 1)[0];

    /// <summary>Sigmoids of so many outputs, each a gate of its own.</summary>
    public static RowGate[] Read(HubSource source, string module, string name, int inputs, int outputs)
    {
        var weight = source.Tensors.Take(module, name + ".weight", 2);
        var bias = source.Tensors.Take(module, name + ".bias", 1);
        if (weight.Shape[0] != outputs || weight.Shape[1] != inputs) throw source.Problem($"{weight} must be [{outputs},{inputs}]");
        if (bias.Shape[0] != outputs) throw source.Problem($"{bias} must have {outputs} element{(outputs == 1 ? "" : "s")}");
        var rows = weight.AsMatrix();
        return [.. Enumerable.Range(0, outputs).Select(r => new RowGate(new(1, inputs, rows.Row(r).ToArray()), [bias.Values[r]]))];
    }
}
