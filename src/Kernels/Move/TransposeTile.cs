// house: tile
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Move;

/// <summary>
/// Transposes a square: rows are vectors of 128 bits, and stages of interleaving make ever longer pieces of columns. Bytes are taken by halves of vectors.
/// </summary>
internal static class TransposeTile
{
    /// <summary>Elements along a side; 1 when there are no lanes to interleave.</summary>
    public static int Edge<T>() where T : unmanaged =>
        Isa.Current == VectorWidth.Scalar || Unsafe.SizeOf<T>() > 8 ? 1 : Unsafe.SizeOf<T>() == 1 ? 8 : 16 / Unsafe.SizeOf<T>();

    /// <summary>target[r * targetStep + c] = source[c * sourceStep + r] for r and c in [0, edge).</summary>
    // In bounds: the caller's plane holds the whole square on both sides.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T>(ref T source, nint sourceStep, ref T target, nint targetStep) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 1) Bytes(ref Unsafe.As<T, byte>(ref source), sourceStep, ref Unsafe.As<T, byte>(ref target), targetStep);
        else if (Unsafe.SizeOf<T>() == 2) Shorts(ref Unsafe.As<T, short>(ref source), sourceStep, ref Unsafe.As<T, short>(ref target), targetStep);
        else if (Unsafe.SizeOf<T>() == 4) Words(ref Unsafe.As<T, int>(ref source), sourceStep, ref Unsafe.As<T, int>(ref target), targetStep);
        else if (Unsafe.SizeOf<T>() == 8) Longs(ref Unsafe.As<T, long>(ref source), sourceStep, ref Unsafe.As<T, long>(ref target), targetStep);
        else target = source;
    }

    /// <summary>Copies a row of a square.</summary>
    // In bounds: both sides hold a row, which is half a vector of bytes or a whole one of other elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyRow<T>(ref T source, ref T target) where T : unmanaged
    {
        ref byte from = ref Unsafe.As<T, byte>(ref source), to = ref Unsafe.As<T, byte>(ref target);
        if (Unsafe.SizeOf<T>() == 1) Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<ulong>(ref from));
        else V128<byte>.Store(V128<byte>.Load(ref from, 0), ref to, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Longs(ref long source, nint sourceStep, ref long target, nint targetStep)
    {
        V128<long> a = Load(ref source, 0), b = Load(ref source, sourceStep);
        Store(Interleave.Low(a, b), ref target, 0);
        Store(Interleave.High(a, b), ref target, targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Words(ref int source, nint sourceStep, ref int target, nint targetStep)
    {
        V128<int> a = Load(ref source, 0), b = Load(ref source, sourceStep), c = Load(ref source, 2 * sourceStep), d = Load(ref source, 3 * sourceStep);
        var (lowA, highA, lowB, highB) = (Interleave.Low(a, c), Interleave.High(a, c), Interleave.Low(b, d), Interleave.High(b, d));
        Store(Interleave.Low(lowA, lowB), ref target, 0);
        Store(Interleave.High(lowA, lowB), ref target, targetStep);
        Store(Interleave.Low(highA, highB), ref target, 2 * targetStep);
        Store(Interleave.High(highA, highB), ref target, 3 * targetStep);
    }

    private static void Shorts(ref short source, nint sourceStep, ref short target, nint targetStep)
    {
        V128<short> a = Load(ref source, 0), b = Load(ref source, sourceStep), c = Load(ref source, 2 * sourceStep), d = Load(ref source, 3 * sourceStep);
        V128<short> e = Load(ref source, 4 * sourceStep), f = Load(ref source, 5 * sourceStep), g = Load(ref source, 6 * sourceStep), h = Load(ref source, 7 * sourceStep);
        (a, e) = Stage(a, e);
        (b, f) = Stage(b, f);
        (c, g) = Stage(c, g);
        (d, h) = Stage(d, h);
        (a, c) = Stage(a, c);
        (e, g) = Stage(e, g);
        (b, d) = Stage(b, d);
        (f, h) = Stage(f, h);
        Stores(Stage(a, b), ref target, 0, targetStep);
        Stores(Stage(c, d), ref target, 2 * targetStep, targetStep);
        Stores(Stage(e, f), ref target, 4 * targetStep, targetStep);
        Stores(Stage(g, h), ref target, 6 * targetStep, targetStep);
    }

    private static void Bytes(ref byte source, nint sourceStep, ref byte target, nint targetStep)
    {
        var (a, b) = Stage(Half(ref source, 0), Half(ref source, 4 * sourceStep), Half(ref source, 2 * sourceStep), Half(ref source, 6 * sourceStep));
        var (c, d) = Stage(Half(ref source, sourceStep), Half(ref source, 5 * sourceStep), Half(ref source, 3 * sourceStep), Half(ref source, 7 * sourceStep));
        Halves(Stage(a, c), ref target, targetStep);
        Halves(Stage(b, d), ref Unsafe.Add(ref target, 4 * targetStep), targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V128<T> Low, V128<T> High) Stage<T>(V128<T> a, V128<T> b) where T : unmanaged, IBinaryNumber<T> =>
        (Interleave.Low(a, b), Interleave.High(a, b));

    // Two stages of lower halves: pairs, then fours.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V128<byte> Low, V128<byte> High) Stage(V128<byte> a, V128<byte> b, V128<byte> c, V128<byte> d) =>
        Stage(Interleave.Low(a, b), Interleave.Low(c, d));

    // In bounds: as in Run.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V128<T> Load<T>(ref T origin, nint offset) where T : unmanaged, IBinaryNumber<T> => V128<T>.Load(ref origin, (nuint)offset);

    // In bounds: as in Run.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(V128<T> rows, ref T origin, nint offset) where T : unmanaged, IBinaryNumber<T> => V128<T>.Store(rows, ref origin, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Stores<T>((V128<T> First, V128<T> Second) rows, ref T origin, nint offset, nint step) where T : unmanaged, IBinaryNumber<T>
    {
        Store(rows.First, ref origin, offset);
        Store(rows.Second, ref origin, offset + step);
    }

    // In bounds: as in Run; eight bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V128<byte> Half(ref byte origin, nint offset) =>
        new(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref origin, offset))).AsByte());

    // In bounds: as in Run; each half is a row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves((V128<byte> First, V128<byte> Second) rows, ref byte origin, nint step)
    {
        Vector128<ulong> first = rows.First.Lanes.AsUInt64(), second = rows.Second.Lanes.AsUInt64();
        Unsafe.WriteUnaligned(ref origin, first[0]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref origin, step), first[1]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref origin, 2 * step), second[0]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref origin, 3 * step), second[1]);
    }
}
