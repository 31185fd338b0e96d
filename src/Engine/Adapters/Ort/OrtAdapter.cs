using System.Text.RegularExpressions;
using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Adapters.Peft;
using Graft.Schema;

namespace Graft.Adapters.Ort;

/// <summary>
/// LoRA in ONNX Runtime's format, with the names that Olive gives to its parameters (olive convert-adapters, olive extract-adapters): factors are
/// transposed, A (in, r) and B (r, out), and alpha is multiplied into B, so dy = (x A) B.
/// </summary>
internal static partial class OrtAdapter
{
    private const int FormatVersion = 1;

    /// <summary>ONNX's numbers of types, with the bytes of an element.</summary>
    private static readonly (int Number, string Name, int Bytes, Func<ReadOnlySpan<byte>, float[]> Floats)[] s_types =
    [
        (1, "FLOAT", sizeof(float), FloatBytes.Single),
        (10, "FLOAT16", sizeof(ushort), FloatBytes.Half),
        (11, "DOUBLE", sizeof(double), FloatBytes.Double),
        (16, "BFLOAT16", sizeof(ushort), FloatBytes.Brain),
    ];

    /// <exception cref="ModelFormatException">The bytes are no such FlatBuffer.</exception>
    /// <exception cref="AdapterException">Something in the file is not understood.</exception>
    public static ImportedAdapter Read(byte[] bytes)
    {
        Verifier.Verify(bytes, OrtLayout.Format);
        var root = Table.Follow(bytes, 0);
        int version = root.Int32(OrtLayout.FormatVersionSlot, 0);
        if (version != FormatVersion) throw new AdapterException($"format version {version} is not supported ({FormatVersion} is)");
        var parameters = root.Tables<OrtParameter>(OrtLayout.ParametersSlot);
        if (parameters.Count > FactorPairs.CountMax) throw new AdapterException($"{parameters.Count} parameters exceed the limit of {FactorPairs.CountMax}");
        var pairs = new FactorPairs();
        foreach (var parameter in parameters) Add(pairs, parameter.Table);
        return pairs.Adapter(_ => 1);
    }

    private static void Add(FactorPairs pairs, Table parameter)
    {
        if (parameter.Vector<byte>(OrtLayout.NameSlot).Length is var length && length is 0 or > FactorPairs.NameMax)
            throw new AdapterException($"a parameter's name has {length} bytes; 1 to {FactorPairs.NameMax} are possible");
        string name = parameter.StrictText(OrtLayout.NameSlot, "name")!;
        var match = Names().Match(name);
        if (!match.Success)
        {
            throw new AdapterException(name.Contains(".quant.", StringComparison.Ordinal) ? $"parameter \"{name}\" is of a quantised factor, which is not supported; convert the adapter without quantisation"
                : $"parameter \"{name}\" is no factor of LoRA; known are MODULE.lora_A.weight and MODULE.lora_B.weight, also with MatMul before weight");
        }
        string module = match.Groups["module"].Value;
        // onnxruntime-genai's model builder, after which these are named, calls attention so.
        if (match.Groups["builder"].Success) module = module.Replace(".attn.", ".self_attn.", StringComparison.Ordinal);
        pairs.Add(module, match.Groups["factor"].Value == "B", Matrix(name, parameter).Transposed());
    }

    private static AdapterTensor Matrix(string name, Table parameter)
    {
        int number = parameter.Int32(OrtLayout.TypeSlot, 0);
        var type = Array.Find(s_types, t => t.Number == number);
        if (type.Floats is null) throw new AdapterException($"parameter \"{name}\": element type {number} is not supported (supported: {string.Join(", ", s_types.Select(t => $"{t.Number} {t.Name}"))})");
        var dimensions = parameter.Vector<long>(OrtLayout.DimensionsSlot);
        var data = parameter.Vector<byte>(OrtLayout.DataSlot);
        string shape = $"[{string.Join(',', dimensions.ToArray())}]";
        if (dimensions.Length != 2 || dimensions[0] is < 1 or > int.MaxValue || dimensions[1] is < 1 or > int.MaxValue)
            throw new AdapterException($"parameter \"{name}\" {shape} must be a matrix");
        // Both are below 2^31: the product is below 2^62, and its bytes are compared by division.
        long count = dimensions[0] * dimensions[1];
        if (data.Length % type.Bytes != 0 || count != data.Length / type.Bytes) throw new AdapterException($"parameter \"{name}\" {shape} of {type.Name} has {data.Length} bytes");
        return new(name, [(int)dimensions[0], (int)dimensions[1]], type.Floats(data));
    }

    [GeneratedRegex(@"^(?:base_model\.model\.)?(?<module>[^/]+?)\.lora_(?<factor>[AB])(?<builder>\.MatMul)?\.weight\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Names();
}
