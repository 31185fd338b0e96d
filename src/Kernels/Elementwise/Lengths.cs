using System.Diagnostics.CodeAnalysis;

namespace Graft.Kernels.Elementwise;

/// <summary>Checks of span lengths, kept in release builds: they are what makes the unchecked loops safe.</summary>
internal static class Lengths
{
    public static void MustMatch(int input, int output)
    {
        if (input != output) ThrowMismatch(input, output);
    }

    public static void MustReach(long needed, int length)
    {
        if (needed > length || needed < 0) ThrowShort(needed, length);
    }

    [DoesNotReturn]
    private static void ThrowMismatch(int input, int output) => throw new ArgumentException(
        $"an elementwise kernel needs spans of one length, but the input has {input} elements and the output {output}");

    [DoesNotReturn]
    private static void ThrowShort(long needed, int length) => throw new ArgumentException(
        $"a kernel needs {needed} elements of a span, but it has {length}");
}
