using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Kernels.Recurrent;

namespace Graft.Adapters.Hub;

/// <summary>Reads interventions on what whole layers yield, at the first and last tokens of a sequence; see <see cref="Intervention"/>.</summary>
internal static class HubReft
{
    /// <summary>The norm at the end of a layer.</summary>
    private const string Place = ".output.LayerNorm";

    public static ImportedAdapter Read(HubSource source)
    {
        var config = source.Config;
        config.Ignore("dropout", "dtype", "init_weights_seed");
        if (!config.Flag("output_reft", true)) throw source.Problem("\"output_reft\" is false: the adapter is nowhere");
        int first = Positions(source, "prefix_positions"), last = Positions(source, "suffix_positions");
        if (first + last == 0) throw source.Problem("\"prefix_positions\" and \"suffix_positions\" are both 0, so the adapter would do nothing");
        string stem = $"reft_layer.refts.{source.Name}.units.";
        string[] layers = source.Tensors.Modules(stem + "0.learned_source.weight");
        CheckLayers(source, layers, stem);
        var reader = new Units(source, stem, config.Count("r", 1), config.Flag("orthogonality"), config.Flag("subtract_projection", true), Activation(source));
        bool isTied = config.Flag("tied_weights");
        return new("REFT", MethodTraits.Unmerged | MethodTraits.Batchable, [.. layers.Select(l => Change(l, reader.Take(l, 0), isTied ? null : reader.Take(l, 1), first, last))], 0);
    }

    private static IModuleChange Change(string layer, Func<SequenceEnds, Intervention> begin, Func<SequenceEnds, Intervention>? end, int first, int last) =>
        new TermsChange(layer + Place, false, (module, _, terms) =>
        {
            if (module.Kind != ModuleKind.Vector) throw new ArgumentException("an intervention behind a norm");
            foreach (var (make, ends) in new[] { (begin, new SequenceEnds(first, last, AreLast: false)), (end ?? begin, new SequenceEnds(first, last, AreLast: true)) })
            {
                if ((ends.AreLast ? last : first) == 0) continue;
                var function = make(ends);
                terms.AddFunction(function.Width == module.Outputs ? function : throw new ArgumentException($"an intervention in {function.Width} channels"));
            }
        });

    private static int Positions(HubSource source, string key) => source.Config.Integer(key) is not (>= 0 and var count) ? throw source.Problem($"\"{key}\" must be a number from 0 on") : count;

    private static VectorFunction? Activation(HubSource source) => source.Config.Text("non_linearity") is { } name ? source.Activation(name) : null;

    private static void CheckLayers(HubSource source, string[] layers, string stem)
    {
        const string Key = "layers";
        if (layers.Length == 0) throw source.Problem($"no tensor's name ends in {stem}0.learned_source.weight, so the adapter would do nothing");
        if (source.Config.IsText(Key))
        {
            string text = source.Config.Text(Key)!;
            if (text != "all") throw source.Problem($"\"{Key}\" is \"{text}\" (known: all, a list of numbers)");
            return;
        }
        int[] named = source.Config.Integers(Key) ?? throw source.Problem($"\"{Key}\" is missing");
        int[] found = [.. layers.Select(l => int.TryParse(l[(l.LastIndexOf('.') + 1)..], out int number) ? number : -1)];
        if (!found.Order().SequenceEqual(named.Distinct().Order())) throw source.Problem($"\"{Key}\" names {string.Join(", ", named)}, but there are tensors for {string.Join(", ", found)}");
    }

    /// <summary>The parameters of one unit of a layer: for first or last tokens, or for both.</summary>
    private sealed record Units(HubSource Source, string Stem, int Rank, bool IsOrthogonal, bool IsDifference, VectorFunction? Activation)
    {
        public Func<SequenceEnds, Intervention> Take(string layer, int unit)
        {
            string stem = $"{Stem}{unit}.";
            var weight = Source.Tensors.Take(layer, stem + "learned_source.weight", 2);
            float[] bias = Source.Tensors.Take(layer, stem + "learned_source.bias", 1).Values;
            var projection = Projection(layer, stem + "projection.");
            if (weight.Shape[0] != Rank || bias.Length != Rank || projection.Rows != Rank || projection.Columns != weight.Shape[1])
                throw Source.Problem($"module \"{layer}\": \"r\" is {Rank}, but {weight}, its bias [{bias.Length}] and a projection of {projection.Rows} x {projection.Columns} do not fit that");
            return ends => new(weight.AsMatrix(), bias, projection, Activation, IsDifference, ends);
        }

        private Matrix Projection(string layer, string stem)
        {
            if (!IsOrthogonal) return Source.Tensors.Take(layer, stem + "weight", 2).AsMatrix();
            Matrix original = Source.Tensors.Take(layer, stem + "parametrizations.weight.original", 2).AsMatrix();
            Matrix frame = Source.Tensors.Take(layer, stem + "parametrizations.weight.0.base", 2).AsMatrix();
            if (original.Rows >= original.Columns) throw Source.Problem($"module \"{layer}\": a projection of {original.Rows} x {original.Columns} is not made by reflections; \"r\" must be less than the width");
            if (frame.Rows != original.Columns || frame.Columns != original.Columns) throw Source.Problem($"module \"{layer}\": a base of {frame.Rows} x {frame.Columns} does not fit a projection of {original.Rows} x {original.Columns}");
            return frame.Times(LinearAlgebra.Reflections(original.Transposed())).Transposed();
        }
    }
}
