using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>Looks for numbers that are none.</summary>
internal static class Finite
{
    private const int BlockLength = 4096;

    /// <summary>Where the first NaN or infinity is, or -1.</summary>
    public static int IndexOfOther(ReadOnlySpan<float> values)
    {
        for (int at = 0; at < values.Length; at += BlockLength)
        {
            var block = values.Slice(at, Math.Min(BlockLength, values.Length - at));
            var scan = new Scan { Values = block };
            Isa.Dispatch<Scan, float>(ref scan);
            if (!scan.HasOther) continue;
            for (int i = 0; i < block.Length; i++)
            {
                if (!float.IsFinite(block[i])) return at + i;
            }
        }
        return -1;
    }

    private ref struct Scan : ISimdAction<float>
    {
        public ReadOnlySpan<float> Values;
        public bool HasOther;

        public void Invoke<V>() where V : unmanaged, ISimd<V, float> => HasOther = Any<V>(Values);
    }

    // In bounds: whole vectors, then as many elements as are left.
    [MethodImpl(Jit.Loop)]
    private static bool Any<V>(ReadOnlySpan<float> values) where V : unmanaged, ISimd<V, float>
    {
        ref float start = ref MemoryMarshal.GetReference(values);
        V limit = V.Splat(float.MaxValue), finite = V.LessOrEqual(limit, limit);
        nuint i = 0, lanes = (nuint)V.Count, length = (nuint)values.Length;
        for (; i + lanes <= length; i += lanes) finite &= V.LessOrEqual(V.Abs(V.Load(ref start, i)), limit);
        if (i < length) finite &= V.LessOrEqual(V.Abs(V.LoadPartial(ref start, i, (int)(length - i))), limit);
        return !V.IsZero(~finite);
    }
}
