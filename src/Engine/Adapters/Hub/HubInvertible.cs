using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Kernels.Recurrent;

namespace Graft.Adapters.Hub;

/// <summary>Reads invertible adapters, which act on what the embeddings yield; see <see cref="Coupling"/>.</summary>
internal static class HubInvertible
{
    /// <summary>The norm at the end of the embeddings.</summary>
    private const string Place = ".embeddings.LayerNorm";

    /// <summary>Parts of the names of models whose head is a copy of the embeddings, before which the inverse acts.</summary>
    private static readonly string[] LanguageHeads = ["MaskedLM", "CausalLM", "LMHead", "PreTraining", "ConditionalGeneration"];

    public static IModuleChange Read(HubSource source, VectorFunction activation)
    {
        var config = source.Config;
        string kind = config.Text("inv_adapter")!, stem = $"invertible_adapters.{source.Name}.";
        if (kind != "nice") throw source.Problem($"\"inv_adapter\" is \"{kind}\" (supported: nice)");
        if (LanguageHeads.FirstOrDefault(h => source.ModelClass?.Contains(h, StringComparison.Ordinal) == true) is { } head)
            throw source.Problem($"\"inv_adapter\": the adapter is of a {source.ModelClass}, before whose head ({head}) its inverse acts; that is not supported");
        string[] models = source.Tensors.Modules(stem + "F.0.weight");
        if (models is not [var model]) throw source.Problem($"\"inv_adapter\" is \"{kind}\", but {models.Length} tensors' names end in \"{stem}F.0.weight\"");
        double factor = config.Number("inv_adapter_reduction_factor") ?? throw source.Problem("\"inv_adapter_reduction_factor\" is missing");
        var (first, second) = (Net(source, model, stem + "F.", factor), Net(source, model, stem + "G.", factor));
        int width = first.Up.Rows + second.Up.Rows;
        if (first.Up.Rows != width / 2 || first.Down.Columns != second.Up.Rows || second.Down.Columns != first.Up.Rows)
            throw source.Problem($"the coupling of {first.Up.Rows} and {second.Up.Rows} channels is none of two halves");
        return new TermsChange(model + Place, false, (module, _, terms) =>
        {
            if (module.Kind != ModuleKind.Vector || module.Outputs != width) throw new ArgumentException($"a coupling of {width} channels behind a norm");
            terms.AddFunction(new Coupling(Packed(first), Packed(second), activation));
        });

        static CouplingNet Packed((Matrix Down, float[] DownBias, Matrix Up, float[] UpBias) net) => new(net.Down, net.DownBias, net.Up, net.UpBias);
    }

    private static (Matrix Down, float[] DownBias, Matrix Up, float[] UpBias) Net(HubSource source, string model, string stem, double factor)
    {
        Matrix down = source.Tensors.Take(model, stem + "0.weight", 2).AsMatrix(), up = source.Tensors.Take(model, stem + "2.weight", 2).AsMatrix();
        float[] downBias = source.Tensors.Take(model, stem + "0.bias", 1).Values, upBias = source.Tensors.Take(model, stem + "2.bias", 1).Values;
        if (up.Columns != down.Rows || downBias.Length != down.Rows || upBias.Length != up.Rows) throw source.Problem($"\"{model}.{stem}*\": layers of {down.Rows} x {down.Columns} and {up.Rows} x {up.Columns} do not fit");
        if (down.Rows != (int)Math.Floor(down.Columns / factor)) throw source.Problem($"\"{model}.{stem}0.weight\" has {down.Rows} rows, but \"inv_adapter_reduction_factor\" {factor} makes others of {down.Columns}");
        return (down, downBias, up, upBias);
    }
}
