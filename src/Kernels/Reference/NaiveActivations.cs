using Graft.Kernels.Maths;

namespace Graft.Kernels.Reference;

/// <summary>The curved activations of recurrent cells by their definition, in double.</summary>
internal static class NaiveActivations
{
    public static void Sigmoid(Span<float> values)
    {
        foreach (ref float x in values) x = (float)Maths.Sigmoid.Exact(x);
    }

    public static void Tanh(Span<float> values)
    {
        foreach (ref float x in values) x = (float)Maths.Tanh.Exact(x);
    }
}
