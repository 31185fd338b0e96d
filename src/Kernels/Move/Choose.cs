using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Move;

/// <summary>
/// output = condition ? x : y, the three operands (in this order) broadcast together; a condition byte is true unless
/// 0.
/// </summary>
internal static class Choose
{
    public static void Run<T>(in BroadcastShape shape, ReadOnlySpan<byte> condition, ReadOnlySpan<T> x,
        ReadOnlySpan<T> y, Span<T> output)
        where T : unmanaged
    {
        var walk = new BroadcastWalk(shape);
        int length = walk.Length, at = 0;
        bool oneCondition = walk.Repeats(0), oneX = walk.Repeats(1), oneY = walk.Repeats(2);
        for (; walk.Next(); at += length)
        {
            var to = output.Slice(at, length);
            if (oneCondition)
            {
                bool choice = condition[(int)walk.A] != 0;
                var from = choice ? x[(int)walk.B..] : y[(int)walk.C..];
                if (choice ? oneX : oneY) to.Fill(from[0]);
                else from[..length].CopyTo(to);
                continue;
            }
            var flags = condition.Slice((int)walk.A, length);
            var xs = x.Slice((int)walk.B, oneX ? 1 : length);
            var ys = y.Slice((int)walk.C, oneY ? 1 : length);
            if (oneX && oneY) Between(flags, xs[0], ys[0], to);
            else if (oneX) Between(flags, xs[0], ys, to);
            else if (oneY) Between(flags, xs, ys[0], to);
            else Between(flags, xs, ys, to);
        }
    }

    private static void Between<T>(ReadOnlySpan<byte> flags, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> output)
    {
        x = x[..output.Length];
        y = y[..output.Length];
        flags = flags[..output.Length];
        for (int i = 0; i < output.Length; i++) output[i] = flags[i] != 0 ? x[i] : y[i];
    }

    private static void Between<T>(ReadOnlySpan<byte> flags, T x, ReadOnlySpan<T> y, Span<T> output)
    {
        y = y[..output.Length];
        flags = flags[..output.Length];
        for (int i = 0; i < output.Length; i++) output[i] = flags[i] != 0 ? x : y[i];
    }

    private static void Between<T>(ReadOnlySpan<byte> flags, ReadOnlySpan<T> x, T y, Span<T> output)
    {
        x = x[..output.Length];
        flags = flags[..output.Length];
        for (int i = 0; i < output.Length; i++) output[i] = flags[i] != 0 ? x[i] : y;
    }

    private static void Between<T>(ReadOnlySpan<byte> flags, T x, T y, Span<T> output)
    {
        flags = flags[..output.Length];
        for (int i = 0; i < output.Length; i++) output[i] = flags[i] != 0 ? x : y;
    }
}
