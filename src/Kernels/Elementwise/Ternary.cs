using System.Runtime.CompilerServices;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// SELECT_V2: output[i] = condition[i] ? a[i] : b[i] with numpy's broadcasting; any non-zero byte is true, the output
/// is dense.
/// </summary>
internal static class Ternary
{
    /// <param name="shape">Of condition, a and b, in this order.</param>
    /// <param name="condition">Booleans in bytes.</param>
    /// <param name="a">Elements where true.</param>
    /// <param name="b">Elements where false.</param>
    /// <param name="output">As many elements as the shape has.</param>
    [MethodImpl(Jit.Loop)]
    public static void Select<T>(
        in BroadcastShape shape, ReadOnlySpan<byte> condition, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
    {
        Lengths.MustReach(shape.Count, output.Length);
        var walk = new BroadcastWalk(shape);
        int length = walk.Length;
        bool oneCondition = walk.Repeats(0);
        int stepA = walk.Repeats(1) ? 0 : 1;
        int stepB = walk.Repeats(2) ? 0 : 1;
        for (int start = 0; walk.Next(); start += length)
        {
            Span<T> to = output.Slice(start, length);
            ReadOnlySpan<T> runA = a[(int)walk.B..];
            ReadOnlySpan<T> runB = b[(int)walk.C..];
            if (oneCondition)
            {
                Repeat(condition[(int)walk.A] != 0 ? runA : runB, condition[(int)walk.A] != 0 ? stepA : stepB, to);
                continue;
            }
            ReadOnlySpan<byte> choice = condition.Slice((int)walk.A, length);
            for (int i = 0; i < to.Length; i++) to[i] = choice[i] != 0 ? runA[i * stepA] : runB[i * stepB];
        }
    }

    private static void Repeat<T>(ReadOnlySpan<T> run, int step, Span<T> to)
    {
        if (step == 0) to.Fill(run[0]);
        else run[..to.Length].CopyTo(to);
    }
}
