using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>Tables of sixteen bytes, one vector of <typeparamref name="B"/> each; vectors wider than that hold the table several times.</summary>
internal interface IByteTable<B> where B : unmanaged, ISimd<B, byte>
{
    public static abstract B Repeat(ReadOnlySpan<byte> table);

    /// <summary>The byte of the table at the low four bits of each index; zero where the index has its highest bit.</summary>
    public static abstract B Pick(B table, B index);

    /// <summary>Each lane less 16 as a signed byte, but not below -128.</summary>
    public static abstract B Less16(B index);
}

/// <summary>128 bits; contracts in <see cref="IByteTable{B}"/>.</summary>
internal readonly struct ByteTable128 : IByteTable<V128<byte>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<byte> Repeat(ReadOnlySpan<byte> table) => new(Vector128.Create(table));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<byte> Pick(V128<byte> table, V128<byte> index)
    {
        if (Ssse3.IsSupported) return new(Ssse3.Shuffle(table.Lanes, index.Lanes));
        // An index beyond the table gives zero here.
        Vector128<byte> kept = index.Lanes & Vector128.Create((byte)0x8F);
        return new(AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.VectorTableLookup(table.Lanes, kept) : Vector128.Shuffle(table.Lanes, kept));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<byte> Less16(V128<byte> index) =>
        new(Vector128.SubtractSaturate(index.Lanes.AsSByte(), Vector128.Create((sbyte)16)).AsByte());
}

/// <summary>256 bits; contracts in <see cref="IByteTable{B}"/>.</summary>
internal readonly struct ByteTable256 : IByteTable<V256<byte>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<byte> Repeat(ReadOnlySpan<byte> table) => new(Vector256.Create(Vector128.Create(table)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<byte> Pick(V256<byte> table, V256<byte> index) => Avx2.IsSupported
        ? new(Avx2.Shuffle(table.Lanes, index.Lanes))
        : new(Vector256.Create(
            ByteTable128.Pick(new(table.Lanes.GetLower()), new(index.Lanes.GetLower())).Lanes,
            ByteTable128.Pick(new(table.Lanes.GetUpper()), new(index.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<byte> Less16(V256<byte> index) =>
        new(Vector256.SubtractSaturate(index.Lanes.AsSByte(), Vector256.Create((sbyte)16)).AsByte());
}

/// <summary>512 bits; contracts in <see cref="IByteTable{B}"/>.</summary>
internal readonly struct ByteTable512 : IByteTable<V512<byte>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<byte> Repeat(ReadOnlySpan<byte> table)
    {
        Vector256<byte> half = ByteTable256.Repeat(table).Lanes;
        return new(Vector512.Create(half, half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<byte> Pick(V512<byte> table, V512<byte> index) => Avx512BW.IsSupported
        ? new(Avx512BW.Shuffle(table.Lanes, index.Lanes))
        : new(Vector512.Create(
            ByteTable256.Pick(new(table.Lanes.GetLower()), new(index.Lanes.GetLower())).Lanes,
            ByteTable256.Pick(new(table.Lanes.GetUpper()), new(index.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<byte> Less16(V512<byte> index) =>
        new(Vector512.SubtractSaturate(index.Lanes.AsSByte(), Vector512.Create((sbyte)16)).AsByte());
}
