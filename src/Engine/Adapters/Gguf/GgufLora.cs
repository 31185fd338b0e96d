using Graft.Adapters.Form;
using Graft.Adapters.Methods;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Gguf;

/// <summary>
/// LoRA as llama.cpp stores it (convert_lora_to_gguf.py, src/llama-adapter.cpp): <c>general.type</c> adapter, <c>adapter.type</c> lora, and tensors
/// <c>NAME.weight.lora_a</c> (r, in) and <c>.lora_b</c> (out, r). dy = s B (A x), s = <c>adapter.lora.alpha</c> / r, or 1 where alpha is 0 or absent.
/// A of the embedding is stored as (vocabulary, r).
/// </summary>
internal static class GgufLora
{
    private const string Alpha = "adapter.lora.alpha", Type = "general.type", AdapterType = "adapter.type", Architecture = "general.architecture";
    private const string EndA = ".weight.lora_a", EndB = ".weight.lora_b";

    /// <summary>Keys of adapters that do not change what the factors mean.</summary>
    private static readonly string[] s_known = [Alpha, AdapterType, "adapter.lora.task_name", "adapter.lora.prompt_prefix"];

    /// <param name="bytes">The file.</param>
    /// <param name="headSize">Channels of an attention head, where the file does not tell; 0 when unknown.</param>
    /// <exception cref="AdapterException">The file is malformed, no LoRA, or something in it is not understood.</exception>
    public static ImportedAdapter Read(byte[] bytes, int headSize)
    {
        var file = GgufFile.Parse(bytes);
        var metadata = file.Metadata;
        Require(metadata, Type, "adapter");
        Require(metadata, AdapterType, "lora");
        foreach (string key in metadata.Keys)
        {
            if (key.StartsWith("adapter.", StringComparison.Ordinal) && !s_known.Contains(key))
                throw new AdapterException($"the key \"{key}\" is not understood; it may change what the adapter means");
        }
        string architecture = metadata.Text(Architecture) ?? throw new AdapterException($"\"{Architecture}\" is missing: it tells which modules the tensors' names mean");
        var names = GgufNames.Find(architecture);
        var pairs = new FactorPairs();
        foreach (var tensor in file.Tensors) Add(pairs, file, tensor, names, architecture, headSize);
        double alpha = metadata.Number(Alpha) ?? 0;
        if (!double.IsFinite(alpha)) throw new AdapterException($"\"{Alpha}\" is {alpha}");
        return pairs.Adapter(rank => alpha == 0 ? 1 : (float)(alpha / rank), GgufNames.Embedding);
    }

    private static void Require(GgufMetadata metadata, string key, string value)
    {
        string found = metadata.Text(key) ?? throw new AdapterException($"\"{key}\" is missing; a LoRA adapter has \"{value}\" there");
        if (found != value) throw new AdapterException($"\"{key}\" is \"{found}\", not \"{value}\"");
    }

    private static void Add(FactorPairs pairs, GgufFile file, GgufTensor tensor, GgufNames names, string architecture, int headSize)
    {
        bool isB = tensor.Name.EndsWith(EndB, StringComparison.Ordinal);
        if (!isB && !tensor.Name.EndsWith(EndA, StringComparison.Ordinal)) throw new AdapterException($"tensor \"{tensor.Name}\" is no factor of LoRA: its name ends in neither {EndA} nor {EndB}");
        string weight = tensor.Name[..^EndA.Length];
        string module = names.Module(weight) ?? throw new AdapterException($"tensor \"{tensor.Name}\": \"{weight}\" is no known weight of the architecture \"{architecture}\"");
        if (tensor.Shape.Length != 2) throw new AdapterException($"tensor \"{tensor.Name}\" has {tensor.Shape.Length} dimensions; a factor is a matrix");
        var factor = file.Read(tensor);
        if (!isB && module == GgufNames.Embedding) factor = factor.Transposed();
        if (isB && names.Permutes(weight)) factor = HeadRows.Restored(factor, HeadSize(file.Metadata, weight, factor, architecture, headSize));
        pairs.Add(module, isB, factor);
    }

    /// <summary>Channels of a head by what the file says of the model, or by what was given.</summary>
    private static int HeadSize(GgufMetadata metadata, string weight, AdapterTensor factor, string architecture, int given)
    {
        string attention = $"{architecture}.attention.";
        int? stored = metadata.Count(attention + "key_length");
        string heads = attention + "head_count";
        if (weight.EndsWith("_k", StringComparison.Ordinal) && metadata.Has(heads + "_kv")) heads += "_kv";
        if (stored is null && metadata.Count(heads) is { } count)
            stored = factor.Shape[0] % count == 0 ? factor.Shape[0] / count : throw new AdapterException($"{factor}: {factor.Shape[0]} rows are not those of {count} heads (\"{heads}\")");
        if (stored is not null && given != 0 && stored != given) throw new AdapterException($"{factor}: the file tells of heads of {stored} channels, but {given} were given");
        return stored ?? (given > 0 ? given : throw new AdapterException(
            $"{factor}: the rows of queries and keys of \"{architecture}\" are stored in another order in each head, and the file does not tell the heads' size; give it (HeadSize, --head-size)"));
    }
}
