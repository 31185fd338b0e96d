using System.Text.Json;
using System.Text.RegularExpressions;
using Graft.Conformance.Reading;
using Graft.Safetensors;

namespace Graft.Cli;

/// <summary>
/// Inputs and outputs in safetensors files: <c>in/0</c>, <c>out/0</c>, with <c>s0/</c> in front where several runs
/// follow each other.
/// </summary>
internal static partial class TensorFile
{
    private const string StringShapes = "string_shapes";

    /// <summary>The inputs of each run, in order.</summary>
    /// <exception cref="ArgumentException">The file has no inputs.</exception>
    public static List<SortedDictionary<int, SafetensorsTensor>> ReadSteps(string path)
    {
        var steps = new SortedDictionary<int, SortedDictionary<int, SafetensorsTensor>>();
        foreach (var tensor in SafetensorsFile.Open(path).Tensors)
        {
            if (InputName().Match(tensor.Name) is not { Success: true } match) continue;
            int step = match.Groups["step"].Success ? int.Parse(match.Groups["step"].ValueSpan) : 0;
            if (!steps.TryGetValue(step, out var inputs)) steps[step] = inputs = [];
            inputs[int.Parse(match.Groups["index"].ValueSpan)] = tensor;
        }
        if (steps.Count == 0) throw new ArgumentException($"{path} has no tensor named in/0 or s0/in/0");
        return [.. steps.Values];
    }

    /// <summary>Sets the inputs of one run, resizing those whose shape differs.</summary>
    /// <exception cref="ArgumentException">An input does not fit the model.</exception>
    public static void Set(EntryPoint entry, SortedDictionary<int, SafetensorsTensor> inputs)
    {
        var tensors = inputs.Select(pair => (Index: pair.Key, Tensor: Interpret(entry, pair.Key, pair.Value)))
            .ToArray();
        foreach (var (index, tensor) in tensors)
        {
            if (tensor.Shape is { } shape && shape != entry.Inputs[index].DeclaredShape) entry.Resize(index, shape);
        }
        foreach (var (index, tensor) in tensors)
        {
            var input = entry.Inputs[index];
            if (input.Type == DType.String)
            {
                input.SetStringBuffer(tensor.Bytes.Span);
                continue;
            }
            var memory = input.Bytes;
            if (memory.Length != tensor.Bytes.Length)
                throw new ArgumentException(
                    $"input {index} {input} takes {memory.Length} bytes, {tensor.Key} has {tensor.Bytes.Length}");
            tensor.Bytes.Span.CopyTo(memory);
        }
    }

    /// <summary>Adds the present contents of a tensor.</summary>
    public static void Add(SafetensorsWriter writer, string name, Tensor tensor)
    {
        byte[] bytes = tensor.Bytes.ToArray();
        var (type, shape) = StoredTypes.Store(tensor.Type, tensor.Shape, bytes.Length);
        writer.Add(name, type, shape.Dimensions, bytes);
        if (tensor.Type != DType.String) return;
        string known = writer.Metadata.TryGetValue(StringShapes, out string? text) ? text[1..^1] + ", " : "";
        string dimensions = string.Join(", ", tensor.Shape.Dimensions.ToArray());
        writer.Metadata[StringShapes] = $"{{{known}\"{JsonEncodedText.Encode(name)}\": [{dimensions}]}}";
    }

    private static GoldenTensor Interpret(EntryPoint entry, int index, SafetensorsTensor stored)
    {
        if (index >= entry.Inputs.Length)
            throw new ArgumentException($"the file has {stored.Name}, the model only {entry.Inputs.Length} inputs");
        var input = entry.Inputs[index];
        try
        {
            return StoredTypes.Read(stored, input.Type, input.Type == DType.String ? null : input.DeclaredShape);
        }
        catch (GoldenException)
        {
            throw new ArgumentException($"input {index} {input} cannot take tensor {stored}");
        }
    }

    [GeneratedRegex(@"^(?:s(?<step>\d{1,6})/)?in/(?<index>\d{1,6})$")]
    private static partial Regex InputName();
}
