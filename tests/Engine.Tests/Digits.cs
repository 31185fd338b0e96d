using System.Runtime.CompilerServices;

namespace Graft.Tests;

/// <summary>The sample models with their adapters.</summary>
internal static class Digits
{
    private static readonly string s_folder = Path.Combine(Root(), "samples", "digits");

    public static AdapterOptions Options { get; } = new() { BindingMap = Map("f32") };

    public static Model Model(string kind = "f32") => Graft.Model.Load(Path.Combine(s_folder, $"digits_{kind}.tflite"));

    public static string Adapter(string name) => Path.Combine(s_folder, "adapters", name);

    public static string Map(string kind) => Path.Combine(s_folder, $"digits_{kind}.binding.json");

    public static Adapter Load(Model model, string name, string kind = "f32") => model.LoadAdapter(Adapter(name), new() { BindingMap = Map(kind) });

    /// <summary>The outputs for one made-up image.</summary>
    public static float[] Run(Model model, AdapterSelection? adapter)
    {
        using var interpreter = new Interpreter(model) { Adapter = adapter };
        return Run(interpreter);
    }

    public static float[] Run(Interpreter interpreter)
    {
        var input = interpreter.Inputs[0];
        if (input.Type == DType.Float32) Fill(input.Span<float>(), i => i % 17 / 17f);
        else Fill(input.Span<sbyte>(), i => (sbyte)(i % 201 - 100));
        interpreter.Invoke();
        var output = interpreter.Outputs[0];
        return output.Type == DType.Float32 ? output.Span<float>().ToArray() : [.. output.Span<sbyte>().ToArray().Select(v => (float)v)];
    }

    private static void Fill<T>(Span<T> values, Func<int, T> value)
    {
        for (int i = 0; i < values.Length; i++) values[i] = value(i);
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
