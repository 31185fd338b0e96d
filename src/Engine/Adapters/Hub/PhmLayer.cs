using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Hub;

/// <summary>
/// Weights of Compacter (Mahabadi et al. 2021, arXiv 2106.04647): W^T is the sum over i of kron(rule_i, V_i), rule_i (n, n) and
/// V_i (in / n, out / n), either of them maybe the product of two factors or shared by all layers.
/// </summary>
internal sealed class PhmLayer
{
    private readonly HubSource _source;
    private readonly int _size;
    private readonly bool _isRuleShared, _isRuleFactored, _isWeightShared, _isWeightFactored, _hasBias;

    private PhmLayer(HubSource source)
    {
        var config = source.Config;
        _source = source;
        _size = config.Count("phm_dim", 4);
        _isRuleShared = config.Flag("shared_phm_rule", true);
        _isRuleFactored = config.Flag("factorized_phm_rule");
        _isWeightShared = config.Flag("shared_W_phm");
        _isWeightFactored = config.Flag("factorized_phm_W", true);
        _hasBias = config.Flag("phm_bias", true);
    }

    /// <summary>A parameter that every layer has.</summary>
    public string Marker => _hasBias ? "b" : _isWeightFactored ? "W_left" : "W";

    /// <summary>Null when the configuration has plain layers.</summary>
    public static PhmLayer? Read(HubSource source)
    {
        source.Config.Ignore("hypercomplex_nonlinearity", "phm_c_init", "phm_init_range", "learn_phm", "phm_rank");
        var layer = new PhmLayer(source);
        if (!source.Config.Flag("phm_layer")) return null;
        if (layer._isWeightShared && !layer._hasBias) throw source.Problem("\"shared_W_phm\" without \"phm_bias\" leaves nothing that says where the adapter is");
        return layer;
    }

    /// <summary>The weight (out, in) and bias of one layer.</summary>
    public (Matrix Weight, float[]? Bias) Take(string place, string prefix, string position)
    {
        var rules = Stack(_isRuleShared, place, prefix, "phm_rule", "phm_rule", _isRuleFactored);
        var parts = Stack(_isWeightShared, place, prefix, "W", $"W_{position}", _isWeightFactored);
        if (rules.Length != _size || parts.Length != _size || rules[0].Rows != _size || rules[0].Columns != _size)
            throw _source.Problem($"module \"{place}\": {rules.Length} rules of {rules[0].Rows} x {rules[0].Columns} and {parts.Length} parts, but \"phm_dim\" is {_size}");
        int inputs = parts[0].Rows, outputs = parts[0].Columns;
        var weight = new Matrix(_size * outputs, _size * inputs);
        for (int k = 0; k < _size; k++)
        {
            for (int o = 0; o < weight.Rows; o++)
            {
                for (int i = 0; i < weight.Columns; i++) weight[o, i] += rules[k][i / inputs, o / outputs] * parts[k][i % inputs, o % outputs];
            }
        }
        if (!_hasBias) return (weight, null);
        var bias = _source.Tensors.Take(place, prefix + "b", 1);
        return bias.Values.Length == weight.Rows ? (weight, bias.Values) : throw _source.Problem($"{bias} must have {weight.Rows} elements");
    }

    /// <summary>The matrices of a tensor (n, rows, columns), or of the products of two.</summary>
    private Matrix[] Stack(bool isShared, string place, string prefix, string own, string shared, bool isFactored)
    {
        string name = isShared ? shared : own;
        if (isShared)
        {
            prefix = $"shared_parameters.{_source.Name}.";
            place = _source.Tensors.Modules(prefix + name + (isFactored ? "_left" : "")) is [var one] ? one
                : throw _source.Problem($"there must be one tensor \"{prefix}{name}{(isFactored ? "_left" : "")}\" for the whole adapter");
        }
        if (!isFactored) return Slices(_source.Tensors.Take(place, prefix + name, 3));
        Matrix[] left = Slices(_source.Tensors.Take(place, prefix + name + "_left", 3)), right = Slices(_source.Tensors.Take(place, prefix + name + "_right", 3));
        if (left.Length != right.Length || left[0].Columns != right[0].Rows) throw _source.Problem($"module \"{place}\": the factors of {name} do not fit");
        return [.. left.Zip(right, (l, r) => l.Times(r))];
    }

    private Matrix[] Slices(AdapterTensor tensor)
    {
        if (tensor.Values.Length == 0) throw _source.Problem($"{tensor} is empty");
        int size = tensor.Shape[1] * tensor.Shape[2];
        return [.. Enumerable.Range(0, tensor.Shape[0]).Select(k => new Matrix(tensor.Shape[1], tensor.Shape[2], tensor.Values.AsSpan(k * size, size).ToArray()))];
    }
}
