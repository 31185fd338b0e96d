using Graft.Adapters.Form;
using Graft.Adapters.Gguf;
using Graft.Adapters.Hub;
using Graft.Adapters.LiteRtLm;
using Graft.Adapters.Ort;
using Graft.Adapters.Peft;

namespace Graft.Adapters;

/// <summary>
/// An adapter as it lies on disk: a folder, whose files tell which library wrote it, or one file, whose first bytes tell its format, whatever it is
/// called.
/// </summary>
internal static class AdapterFile
{
    private const int IdentifierBytes = 8;

    /// <summary>Formats of single files: where their mark is, and who reads them.</summary>
    private static readonly (int At, byte[] Mark, Func<byte[], int, ImportedAdapter> Read)[] Formats =
    [
        (0, "GGUF"u8.ToArray(), GgufLora.Read),
        (4, "TORT"u8.ToArray(), (bytes, _) => OrtAdapter.Read(bytes)),
        (4, "TFL3"u8.ToArray(), (bytes, _) => LiteRtLmLora.Read(bytes)),
    ];

    /// <summary>Formats that are told from the others only to say why they are refused.</summary>
    private static readonly (int At, byte[] Mark, string Reason)[] Refused =
    [
        (0, "PK\x03\x04"u8.ToArray(), "a zip archive, such as torch's pickle files, which can run code when they are read; save the adapter as safetensors"),
        (0, [0x80], "a pickle, which can run code when it is read; save the adapter as safetensors"),
        (8, "{"u8.ToArray(), $"a safetensors file, which does not say what its tensors mean; give the folder that has it beside its {PeftFolder.ConfigName}"),
    ];

    /// <param name="path">The folder or file.</param>
    /// <param name="options">What the format may need to be told; the defaults when null.</param>
    /// <exception cref="AdapterException">It is no adapter, or malformed, or something in it is not understood.</exception>
    public static ImportedAdapter Read(string path, AdapterOptions? options = null)
    {
        options ??= new();
        if (Directory.Exists(path)) return ReadFolder(path, new(options.KeyMapping));
        if (!File.Exists(path))
        {
            throw new AdapterException($"'{path}' is no folder and no file; an adapter is a folder with {PeftFolder.ConfigName} and {PeftFolder.WeightsName}, "
                + $"or {HubFolder.WeightsName} from AdapterHub, or a GGUF, .onnx_adapter or LiteRT-LM file");
        }
        try
        {
            return Read(Bytes(path), options.HeadSize);
        }
        catch (AdapterException e)
        {
            throw new AdapterException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>One file's bytes.</summary>
    /// <exception cref="AdapterException">They are no adapter, or malformed, or something in them is not understood.</exception>
    public static ImportedAdapter Read(byte[] bytes, int headSize)
    {
        try
        {
            foreach (var (at, mark, read) in Formats)
            {
                if (Has(bytes, at, mark)) return read(bytes, headSize);
            }
        }
        catch (ModelFormatException e)
        {
            throw new AdapterException(e.Message, e);
        }
        foreach (var (at, mark, reason) in Refused)
        {
            if (Has(bytes, at, mark)) throw new AdapterException($"the file is {reason}");
        }
        string first = Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, IdentifierBytes)));
        throw new AdapterException($"the file begins with {first}: neither GGUF, nor .onnx_adapter (TORT), nor LiteRT-LM (TFL3)");
    }

    private static ImportedAdapter ReadFolder(string folder, KeyMapping mapping)
    {
        bool isHub = File.Exists(Path.Combine(folder, HubFolder.WeightsName)), isPeft = File.Exists(Path.Combine(folder, PeftFolder.WeightsName));
        if (isHub && isPeft) throw new AdapterException($"{folder}: it has both {PeftFolder.WeightsName} and {HubFolder.WeightsName}; an adapter has one of them");
        if (isHub && !mapping.IsEmpty) throw new AdapterException($"{folder}: an adapter of AdapterHub takes no key mapping");
        return isHub ? HubFolder.Read(folder) : PeftFolder.Read(folder, mapping);
    }

    private static bool Has(ReadOnlySpan<byte> bytes, int at, ReadOnlySpan<byte> mark) => bytes.Length >= at + mark.Length && bytes.Slice(at, mark.Length).SequenceEqual(mark);

    private static byte[] Bytes(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= Array.MaxLength ? File.ReadAllBytes(path) : throw new AdapterException($"{length} bytes exceed the limit of {Array.MaxLength}");
    }
}
