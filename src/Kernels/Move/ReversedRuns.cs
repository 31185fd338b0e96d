using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Move;

/// <summary>Sequences of runs, some bytes each, whose first ones come in reverse order.</summary>
internal static class ReversedRuns
{
    /// <summary>
    /// Run i of the target, at i * step bytes, is run length - 1 - i of the source for i below length, run i from there to
    /// <paramref name="count"/>. Runs next to each other that are one element of 1 to 8 bytes are reversed by vectors.
    /// </summary>
    public static void Copy(ReadOnlySpan<byte> source, Span<byte> target, int runBytes, int step, int length, int count)
    {
        if (count == 0) return;
        Lengths.MustReach(((count - 1L) * step) + runBytes, Math.Min(source.Length, target.Length));
        if (step != runBytes)
        {
            for (int i = 0; i < count; i++) source.Slice((i < length ? length - 1 - i : i) * step, runBytes).CopyTo(target[(i * step)..]);
            return;
        }
        switch (runBytes)
        {
            case 1: Reverse<byte>(source, target, length); break;
            case 2: Reverse<short>(source, target, length); break;
            case 4: Reverse<int>(source, target, length); break;
            case 8: Reverse<long>(source, target, length); break;
            default:
                for (int i = 0; i < length; i++) source.Slice((length - 1 - i) * runBytes, runBytes).CopyTo(target[(i * runBytes)..]);
                break;
        }
        source[(length * runBytes)..(count * runBytes)].CopyTo(target[(length * runBytes)..]);
    }

    // In bounds: the first elements of both, which Copy compared with their lengths.
    private static void Reverse<T>(ReadOnlySpan<byte> source, Span<byte> target, int length) where T : unmanaged, IBinaryNumber<T>
    {
        if (length == 0) return;
        ref T last = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, T>(source)[(length - 1)..]);
        StridedRuns.Reverse(ref last, ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, T>(target)), length);
    }
}
