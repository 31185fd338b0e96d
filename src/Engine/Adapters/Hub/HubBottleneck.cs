using System.Collections.Immutable;
using System.Text.Json;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Kernels.Recurrent;

namespace Graft.Adapters.Hub;

/// <summary>Reads bottleneck adapters, whose configuration has no <c>architecture</c>: see <see cref="Bottleneck"/>.</summary>
internal sealed class HubBottleneck
{
    private const string Attention = "attention.output", Output = "output";

    private readonly HubSource _source;
    private readonly string _prefix;
    private readonly bool _isParallel, _hasOriginal, _hasBefore, _hasAfter, _isShortcutNormed, _isGated;
    private readonly Shortcut _shortcut;
    private readonly VectorFunction _activation;
    private readonly PhmLayer? _phm;

    private HubBottleneck(HubSource source)
    {
        _source = source;
        _prefix = $"adapters.{source.Name}.";
        var config = source.Config;
        config.Ignore("dropout", "init_weights", "init_weights_seed", "stochastic_depth", "inv_adapter_reduction_factor");
        config.Refuse("cross_adapter", "attention to another sequence is not supported");
        if (!config.Flag("original_ln_after", true)) throw source.Problem("\"original_ln_after\" is false: the base's norm would have to be skipped, but it is part of the model");
        string name = config.Text("non_linearity") ?? throw source.Problem("\"non_linearity\" is missing");
        _activation = source.Activation(name);
        _isParallel = config.Flag("is_parallel");
        _hasOriginal = config.Flag("original_ln_before") && !_isParallel;
        (_hasBefore, _hasAfter) = (config.Flag("ln_before"), config.Flag("ln_after"));
        _isShortcutNormed = config.Flag("adapter_residual_before_ln") && !_isParallel;
        _isGated = config.Flag("use_gating");
        _shortcut = ReadShortcut();
        _phm = PhmLayer.Read(source);
    }

    public static ImportedAdapter Read(HubSource source)
    {
        var reader = new HubBottleneck(source);
        string[] places = [.. reader.Places()];
        if (places.Length == 0) throw source.Problem("\"mh_adapter\" and \"output_adapter\" are both false: the adapter is nowhere");
        string up = reader._prefix + "adapter_up.", marker = up + (reader._phm is null ? "weight" : reader._phm.Marker);
        var changes = source.Modules([marker], places).Select(reader.Change).ToImmutableArray();
        if (source.Config.Has("inv_adapter")) changes = changes.Add(HubInvertible.Read(source, reader._activation));
        return new("BOTTLENECK", reader._isGated ? MethodTraits.Unmerged : MethodTraits.Unmerged | MethodTraits.Batchable, changes, 0);
    }

    private IEnumerable<string> Places()
    {
        if (_source.Config.Flag("mh_adapter")) yield return Attention;
        if (_source.Config.Flag("output_adapter", true)) yield return Output;
    }

    private Shortcut ReadShortcut()
    {
        var config = _source.Config;
        bool isText = config.IsText("residual_before_ln");
        string text = isText ? config.Text("residual_before_ln")! : config.Flag("residual_before_ln", true) ? "true" : "false";
        if (_isParallel) return Shortcut.Parallel;
        return text switch
        {
            "post_add" when _hasOriginal => Shortcut.Sum,
            "true" => Shortcut.Hidden,
            "false" => Shortcut.Seen,
            _ => throw _source.Problem($"\"residual_before_ln\" is \"{text}\" (known: true, false, and with \"original_ln_before\" post_add)"),
        };
    }

    private IModuleChange Change(string place)
    {
        int first = _hasBefore ? 1 : 0;
        var (down, downBias) = Layer(place, $"{_prefix}adapter_down.{first}.", "down");
        var (up, upBias) = Layer(place, _prefix + "adapter_up.", "up");
        if (up.Rows != down.Columns || up.Columns != down.Rows)
            throw _source.Problem($"module \"{place}\": the way down is {down.Rows} x {down.Columns} and the way up {up.Rows} x {up.Columns}");
        int width = up.Rows;
        CheckReduction(place, width, down.Rows);
        var before = _hasBefore ? Norm(place, "adapter_norm_before", width) : null;
        if (before is not null) CheckCopy(place, before);
        var after = _hasAfter ? Norm(place, "adapter_norm_after", width) : null;
        float[] scale = Scaling(place, width);
        var gate = _isGated ? HubGate.Read(_source, place, _prefix + "gate", width) : null;
        return new TermsChange(place + ".dense", false, (module, _, terms) =>
        {
            if (module.Outputs != width) throw new ArgumentException($"a bottleneck of {width} channels");
            terms.AddFunction(new Bottleneck(down, up)
            {
                DownBias = downBias,
                UpBias = upBias,
                Activation = _activation,
                Scale = scale,
                Shortcut = _shortcut,
                Original = _hasOriginal ? module.Norm(place + ".LayerNorm") : null,
                Before = before,
                After = after,
                IsShortcutNormed = _isShortcutNormed,
                Gate = gate,
            });
        });
    }

    private (Matrix Weight, float[]? Bias) Layer(string place, string prefix, string position)
    {
        if (_phm is not null) return _phm.Take(place, prefix, position);
        var weight = _source.Tensors.Take(place, prefix + "weight", 2).AsMatrix();
        return (weight, Vector(place, prefix + "bias", weight.Rows));
    }

    private NormVectors Norm(string place, string name, int width) =>
        new(Vector(place, $"{_prefix}{name}.weight", width), Vector(place, $"{_prefix}{name}.bias", width), NormVectors.UsualEpsilon);

    /// <summary>The norm before is stored twice, by its name and as the first layer of the way down.</summary>
    private void CheckCopy(string place, NormVectors before)
    {
        float[] weight = Vector(place, _prefix + "adapter_down.0.weight", before.Weight.Length), bias = Vector(place, _prefix + "adapter_down.0.bias", before.Weight.Length);
        if (!weight.AsSpan().SequenceEqual(before.Weight) || !bias.AsSpan().SequenceEqual(before.Bias))
            throw _source.Problem($"module \"{place}\": adapter_norm_before and adapter_down.0 are one norm, but their values differ");
    }

    private float[] Scaling(string place, int width)
    {
        var config = _source.Config;
        if (!config.IsText("scaling")) return [(float)(config.Number("scaling") ?? 1)];
        string text = config.Text("scaling")!;
        if (text is not ("learned" or "channel")) throw _source.Problem($"\"scaling\" is \"{text}\" (known: a number, learned, channel)");
        return Vector(place, _prefix + "scaling", text == "learned" ? 1 : width);
    }

    private float[] Vector(string place, string parameter, int length)
    {
        var tensor = _source.Tensors.Take(place, parameter, 1);
        return tensor.Values.Length == length ? tensor.Values : throw _source.Problem($"{tensor} must have {length} elements");
    }

    private void CheckReduction(string place, int width, int narrow)
    {
        const string Key = "reduction_factor";
        double factor;
        if (_source.Config.IsObject(Key))
        {
            string layer = place.Split('.').First(p => int.TryParse(p, out _));
            var members = _source.Config.Members(Key);
            JsonElement? value = members.Where(m => m.Key == layer).Concat(members.Where(m => m.Key == "default")).Select(m => (JsonElement?)m.Value).FirstOrDefault();
            factor = _source.Config.Number(Key, value ?? throw _source.Problem($"\"{Key}\" has neither layer {layer} nor a default"));
        }
        else
        {
            factor = _source.Config.Number(Key) ?? throw _source.Problem($"\"{Key}\" is missing");
        }
        if (!(factor > 0)) throw _source.Problem($"\"{Key}\" is {factor}; it must be positive");
        int expected = (int)Math.Max(1, Math.Floor(width / factor));
        if (narrow != expected) throw _source.Problem($"module \"{place}\": the bottleneck has {narrow} channels, but \"{Key}\" {factor} makes {expected} of {width}");
    }
}
