using Graft.Conformance.Reading;
using Graft.Safetensors;

namespace Graft.Properties;

/// <summary>Writes a case as files in the form of the goldens, so that it can be run again and become one.</summary>
internal static class Evidence
{
    /// <summary>Below the working directory of the tests, which is the project's binary folder; GRAFT_PROPERTIES_OUT names another.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("GRAFT_PROPERTIES_OUT") ?? Path.Combine(AppContext.BaseDirectory, "failures");

    public static SafetensorsWriter Inputs(OneOpCase tried)
    {
        var writer = new SafetensorsWriter();
        for (int i = 0; i < tried.Feeds.Count; i++) Add(writer, $"in/{i}", tried.Feeds[i].Type, new(tried.Feeds[i].Shape), tried.Feeds[i].Bytes);
        return writer;
    }

    /// <summary>Saves the model, its inputs and, where the reference ran, its outputs; returns the model's path.</summary>
    public static string Save(OneOpCase tried, Attempt? reference, string story)
    {
        Directory.CreateDirectory(Folder);
        string path = Path.Combine(Folder, tried.Operator + ".tflite");
        File.WriteAllBytes(path, tried.Model);
        var writer = Inputs(tried);
        if (reference?.Outputs is { } outputs)
        {
            writer.Metadata["reference"] = "BUILTIN_REF";
            for (int i = 0; i < outputs.Count; i++) Add(writer, $"out/{i}", outputs[i].Type, outputs[i].Shape, outputs[i].Bytes);
        }
        writer.Metadata["note"] = story;
        writer.Save(Path.ChangeExtension(path, ".safetensors"));
        return path;
    }

    private static void Add(SafetensorsWriter writer, string name, DType type, Shape shape, byte[] bytes)
    {
        var (stored, storedShape) = StoredTypes.Store(type, shape, bytes.Length);
        writer.Add(name, stored, storedShape.Dimensions, bytes);
    }
}
