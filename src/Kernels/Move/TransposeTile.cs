// house: tile
using System.Runtime.CompilerServices;

namespace Graft.Kernels.Move;

/// <summary>
/// Transposes a square of as many elements to a side as fit 64 bits: the rows are words, and stages of exchanges swap
/// ever smaller blocks between pairs of them. Lanes count from the low bits: little-endian memory.
/// </summary>
internal static class TransposeTile
{
    /// <summary>Elements along a side; 1 when there is nothing to gain.</summary>
    public static int Edge<T>() where T : unmanaged =>
        Unsafe.SizeOf<T>() < sizeof(ulong) ? sizeof(ulong) / Unsafe.SizeOf<T>() : 1;

    /// <summary>target[r * targetStep + c] = source[c * sourceStep + r] for r and c in [0, edge).</summary>
    // In bounds: the caller's plane holds the whole square on both sides.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T>(ref T source, nint sourceStep, ref T target, nint targetStep) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 1) Bytes(ref source, sourceStep, ref target, targetStep);
        else if (Unsafe.SizeOf<T>() == 2) Shorts(ref source, sourceStep, ref target, targetStep);
        else if (Unsafe.SizeOf<T>() == 4) Words(ref source, sourceStep, ref target, targetStep);
        else target = source;
    }

    private static void Words<T>(ref T source, nint sourceStep, ref T target, nint targetStep) where T : unmanaged
    {
        ulong a = Load(ref source, 0), b = Load(ref source, sourceStep);
        Exchange(ref a, ref b, 32, 0x0000_0000_FFFF_FFFF);
        Store(a, ref target, 0);
        Store(b, ref target, targetStep);
    }

    private static void Shorts<T>(ref T source, nint sourceStep, ref T target, nint targetStep) where T : unmanaged
    {
        ulong a = Load(ref source, 0), b = Load(ref source, sourceStep);
        ulong c = Load(ref source, 2 * sourceStep), d = Load(ref source, 3 * sourceStep);
        Exchange(ref a, ref c, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref b, ref d, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref a, ref b, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref c, ref d, 16, 0x0000_FFFF_0000_FFFF);
        Store(a, ref target, 0);
        Store(b, ref target, targetStep);
        Store(c, ref target, 2 * targetStep);
        Store(d, ref target, 3 * targetStep);
    }

    private static void Bytes<T>(ref T source, nint sourceStep, ref T target, nint targetStep) where T : unmanaged
    {
        ulong a = Load(ref source, 0), b = Load(ref source, sourceStep);
        ulong c = Load(ref source, 2 * sourceStep), d = Load(ref source, 3 * sourceStep);
        ulong e = Load(ref source, 4 * sourceStep), f = Load(ref source, 5 * sourceStep);
        ulong g = Load(ref source, 6 * sourceStep), h = Load(ref source, 7 * sourceStep);
        Exchange(ref a, ref e, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref b, ref f, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref c, ref g, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref d, ref h, 32, 0x0000_0000_FFFF_FFFF);
        Exchange(ref a, ref c, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref b, ref d, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref e, ref g, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref f, ref h, 16, 0x0000_FFFF_0000_FFFF);
        Exchange(ref a, ref b, 8, 0x00FF_00FF_00FF_00FF);
        Exchange(ref c, ref d, 8, 0x00FF_00FF_00FF_00FF);
        Exchange(ref e, ref f, 8, 0x00FF_00FF_00FF_00FF);
        Exchange(ref g, ref h, 8, 0x00FF_00FF_00FF_00FF);
        Store(a, ref target, 0);
        Store(b, ref target, targetStep);
        Store(c, ref target, 2 * targetStep);
        Store(d, ref target, 3 * targetStep);
        Store(e, ref target, 4 * targetStep);
        Store(f, ref target, 5 * targetStep);
        Store(g, ref target, 6 * targetStep);
        Store(h, ref target, 7 * targetStep);
    }

    /// <summary>
    /// Swaps the lanes of <paramref name="b"/> that the mask selects with those of <paramref name="a"/> that lie shift
    /// bits higher.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref ulong a, ref ulong b, int shift, ulong mask)
    {
        ulong difference = ((a >> shift) ^ b) & mask;
        b ^= difference;
        a ^= difference << shift;
    }

    // In bounds: as in Run.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load<T>(ref T origin, nint offset) where T : unmanaged =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref origin, offset)));

    // In bounds: as in Run.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(ulong value, ref T origin, nint offset) where T : unmanaged =>
        Unsafe.WriteUnaligned(ref Unsafe.As<T, byte>(ref Unsafe.Add(ref origin, offset)), value);
}
