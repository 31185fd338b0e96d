using System.Runtime.InteropServices;
using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>
/// Runs small models with both kernel sets, on inputs that a test gives or that are made from the tensors' types, and hands out the
/// outputs.
/// </summary>
internal static class Twin
{
    private static readonly KernelSet[] s_sets = [KernelSet.Fast, KernelSet.Reference];

    /// <summary>All outputs have the same bytes, in either kernel set.</summary>
    public static void OutputsAgree(ModelBuilder builder, params Array[] inputs)
    {
        Run(builder, inputs, interpreter =>
        {
            var first = interpreter.Outputs[0];
            Assert.True(first.Bytes.Length > 0);
            for (int i = 1; i < interpreter.Outputs.Length; i++)
            {
                Assert.Equal(first.Shape, interpreter.Outputs[i].Shape);
                Assert.Equal(first.Bytes.ToArray(), interpreter.Outputs[i].Bytes.ToArray());
            }
        });
    }

    /// <summary>Output 0 is this, in either kernel set.</summary>
    public static void Gives<T>(ModelBuilder builder, T[] expected, params Array[] inputs) where T : unmanaged =>
        Run(builder, inputs, interpreter => Assert.Equal(expected, interpreter.Outputs[0].Span<T>().ToArray()));

    /// <summary>Output 0 is this up to a tolerance relative to each value, in either kernel set.</summary>
    public static void GivesNearly(ModelBuilder builder, float[] expected, float tolerance, params Array[] inputs) =>
        Run(builder, inputs, interpreter =>
        {
            float[] actual = interpreter.Outputs[0].Span<float>().ToArray();
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < actual.Length; i++)
            {
                float bound = tolerance * Math.Max(Math.Abs(expected[i]), 1);
                Assert.True(Math.Abs(actual[i] - expected[i]) <= bound, $"element {i} is {actual[i]:R}, expected {expected[i]:R} within {bound:R}");
            }
        });

    public static void Run(ModelBuilder builder, Array[] inputs, Action<Interpreter> look)
    {
        foreach (var kernels in s_sets)
        {
            using var model = builder.Load();
            using var interpreter = new Interpreter(model, new() { Kernels = kernels, Threads = 2 });
            for (int i = 0; i < inputs.Length; i++) Bytes(inputs[i]).CopyTo(interpreter.Inputs[i].Bytes);
            interpreter.Invoke();
            look(interpreter);
        }
    }

    public static string Refusal(ModelBuilder builder, params Array[] inputs) =>
        Assert.ThrowsAny<Exception>(() => Run(builder, inputs, static _ => { })).Message;

    /// <summary>Numbers of both signs, with one decimal, none of them 0.</summary>
    public static float[] Floats(int count, int seed = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = random.Next(1, 60) * (random.Next(2) == 0 ? 0.1f : -0.1f);
        return values;
    }

    public static int[] Whole(int count, int seed = 1) => Array.ConvertAll(Floats(count, seed), x => (int)MathF.Round(x * 10));

    private static Span<byte> Bytes(Array values) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(values), Buffer.ByteLength(values));
}
