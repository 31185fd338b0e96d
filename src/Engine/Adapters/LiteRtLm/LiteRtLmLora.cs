using System.Globalization;
using System.Text.RegularExpressions;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Adapters.Peft;
using Graft.Schema;

namespace Graft.Adapters.LiteRtLm;

/// <summary>
/// LoRA of LiteRT-LM as litert-torch writes it (generative/layers/lora.py): a <c>.tflite</c> file without operators, with tensors
/// <c>lora_atten_{q,k,v,o}_{a,b}_prime_weight_N</c>. Factors are transposed, A (in, r) with alpha / r in it and B (r, out), so dy = (x A) B.
/// </summary>
internal static partial class LiteRtLmLora
{
    /// <summary>What the letter of a projection means in transformers.</summary>
    private static readonly Dictionary<string, string> s_projections = new(StringComparer.Ordinal) { ["q"] = "q_proj", ["k"] = "k_proj", ["v"] = "v_proj", ["o"] = "o_proj" };

    /// <exception cref="ModelFormatException">The bytes are no such FlatBuffer.</exception>
    /// <exception cref="AdapterException">The file is a model, or something in it is not understood.</exception>
    public static ImportedAdapter Read(byte[] bytes)
    {
        Verifier.Verify(bytes);
        var model = ModelView.Root(bytes);
        if (model.Subgraphs.Count != 1 || model.Subgraphs[0].Operators.Count > 0) throw new AdapterException("the file is a model, not an adapter of LiteRT-LM, which has one subgraph without operators");
        var tensors = model.Subgraphs[0].Tensors;
        if (tensors.Count > FactorPairs.CountMax) throw new AdapterException($"{tensors.Count} tensors exceed the limit of {FactorPairs.CountMax}");
        var pairs = new FactorPairs();
        var buffers = new HashSet<uint>();
        foreach (var tensor in tensors) Add(pairs, tensor, model.Buffers, buffers);
        return pairs.Adapter(_ => 1);
    }

    private static void Add(FactorPairs pairs, TensorView tensor, TableVector<BufferView> buffers, HashSet<uint> used)
    {
        if (tensor.NameUtf8.Length > FactorPairs.NameMax) throw new AdapterException($"a tensor's name has {tensor.NameUtf8.Length} bytes; {FactorPairs.NameMax} are the limit");
        string name = tensor.Name;
        var match = Names().Match(name);
        if (!match.Success)
        {
            throw new AdapterException($"tensor \"{name}\" is not understood: known are lora_atten_{{q,k,v,o}}_{{a,b}}_prime_weight_N; "
                + "MediaPipe's w_prime tensors have a layout that depends on the GPU's model, and audio encoders are not supported");
        }
        // One buffer for many tensors would make much of little.
        if (tensor.Buffer >= (uint)buffers.Count || !used.Add(tensor.Buffer)) throw new AdapterException($"tensor \"{name}\": buffer {tensor.Buffer} is not there, or another tensor's");
        string number = match.Groups["layer"].Value;
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) || layer.ToString(CultureInfo.InvariantCulture) != number)
            throw new AdapterException($"tensor \"{name}\": {number} is no number of a layer");
        string module = $"model.layers.{number}.self_attn.{s_projections[match.Groups["projection"].Value]}";
        pairs.Add(module, match.Groups["factor"].Value == "b", Matrix(name, tensor, buffers[(int)tensor.Buffer].Data).Transposed());
    }

    private static AdapterTensor Matrix(string name, TensorView tensor, ReadOnlySpan<byte> data)
    {
        int width = tensor.Type switch
        {
            TensorType.Float32 => sizeof(float),
            TensorType.Float16 => sizeof(ushort),
            var type => throw new AdapterException($"tensor \"{name}\": element type {type} is not supported (supported: {TensorType.Float32}, {TensorType.Float16})"),
        };
        int[] shape = tensor.Shape.ToArray();
        string shown = $"[{string.Join(',', shape)}]";
        if (shape is not [> 0, > 0]) throw new AdapterException($"tensor \"{name}\" {shown} must be a matrix");
        if (data.Length != (long)shape[0] * shape[1] * width) throw new AdapterException($"tensor \"{name}\" {shown} of {tensor.Type} has {data.Length} bytes");
        return new(name, shape, width == sizeof(float) ? FloatBytes.Single(data) : FloatBytes.Half(data));
    }

    [GeneratedRegex("^lora_atten_(?<projection>[qkvo])_(?<factor>[ab])_prime_weight_(?<layer>[0-9]+)\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Names();
}
