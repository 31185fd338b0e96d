using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;
using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>How each element type is read and written by CAST.</summary>
internal static class CastPaths
{
    /// <summary>Null unless the type is an integer.</summary>
    public static CastReader<long>? IntegerReader(DType type) => type switch
    {
        DType.Bool or DType.UInt8 => Integers<byte>,
        DType.Int8 => Integers<sbyte>,
        DType.Int16 => Integers<short>,
        DType.UInt16 => Integers<ushort>,
        DType.Int32 => Integers<int>,
        DType.UInt32 => Integers<uint>,
        DType.Int64 => Integers<long>,
        DType.Int4 => static (tensor, start, block) => Packed(tensor, 4, true, start, block),
        DType.UInt4 => static (tensor, start, block) => Packed(tensor, 4, false, start, block),
        DType.Int2 => static (tensor, start, block) => Packed(tensor, 2, true, start, block),
        _ => null,
    };

    /// <summary>Null unless the type is a float, or complex.</summary>
    public static CastReader<double>? RealReader(DType type) => type switch
    {
        DType.Float32 => static (tensor, start, block) => Casts.Read(Part<float>(tensor, start), block),
        DType.Float64 => static (tensor, start, block) => Part<double>(tensor, start)[..block.Length].CopyTo(block),
        DType.Float16 => Narrow<HalfFormat, Half>,
        DType.BFloat16 => Narrow<BFloat16Format, BFloat16>,
        DType.Float8E4M3FN => Narrow<Float8E4M3Format, byte>,
        DType.Float8E5M2 => Narrow<Float8E5M2Format, byte>,
        DType.Complex64 => static (tensor, start, block) => Casts.ReadReal(Part<Complex64>(tensor, start), block),
        _ => null,
    };

    public static CastWriter<long> FromIntegers(DType type) => type switch
    {
        DType.UInt8 => Write<byte>,
        DType.Int8 => Write<sbyte>,
        DType.Int16 => Write<short>,
        DType.UInt16 => Write<ushort>,
        DType.Int32 => Write<int>,
        DType.UInt32 => Write<uint>,
        DType.Int64 => Write<long>,
        DType.Float32 => Write<float>,
        DType.Float64 => Write<double>,
        _ => Other<long>(type),
    };

    public static CastWriter<double> FromReals(DType type) => type switch
    {
        DType.UInt8 => Saturate<byte>,
        DType.Int8 => Saturate<sbyte>,
        DType.Int16 => Saturate<short>,
        DType.UInt16 => Saturate<ushort>,
        DType.Int32 => Saturate<int>,
        DType.UInt32 => Saturate<uint>,
        DType.Int64 => Saturate<long>,
        DType.Float32 => static (block, start, tensor) => Casts.Write(block, Part<float>(tensor, start)),
        DType.Float64 => static (block, start, tensor) => block.CopyTo(Part<double>(tensor, start)),
        DType.Int4 => static (block, start, tensor) => Pack(block, 4, -8, 7, start, tensor),
        DType.UInt4 => static (block, start, tensor) => Pack(block, 4, 0, 15, start, tensor),
        DType.Int2 => static (block, start, tensor) => Pack(block, 2, -2, 1, start, tensor),
        _ => Other<double>(type),
    };

    /// <summary>Types that both kinds of source reach in the same way.</summary>
    private static CastWriter<TMiddle> Other<TMiddle>(DType type) where TMiddle : unmanaged, INumber<TMiddle> => type switch
    {
        DType.Bool => static (block, start, tensor) => Casts.WriteBool(block, Part<byte>(tensor, start)),
        DType.Float16 => static (block, start, tensor) => Casts.WriteNarrow<HalfFormat, TMiddle, Half>(block, Part<Half>(tensor, start)),
        DType.BFloat16 => static (block, start, tensor) =>
            Casts.WriteNarrow<BFloat16Format, TMiddle, BFloat16>(block, Part<BFloat16>(tensor, start)),
        DType.Float8E4M3FN => static (block, start, tensor) =>
            Casts.WriteNarrow<Float8E4M3Format, TMiddle, byte>(block, Part<byte>(tensor, start)),
        DType.Float8E5M2 => static (block, start, tensor) =>
            Casts.WriteNarrow<Float8E5M2Format, TMiddle, byte>(block, Part<byte>(tensor, start)),
        DType.Complex64 => static (block, start, tensor) => Casts.WriteReal(block, Part<Complex64>(tensor, start)),
        _ => throw new ArgumentException($"nothing is cast to {type.Name()}"),
    };

    private static ReadOnlySpan<T> Part<T>(ReadOnlySpan<byte> tensor, int start) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(tensor)[start..];

    private static Span<T> Part<T>(Span<byte> tensor, int start) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor)[start..];

    private static void Integers<T>(ReadOnlySpan<byte> tensor, int start, Span<long> block) where T : unmanaged, IBinaryInteger<T> =>
        Casts.Read(Part<T>(tensor, start), block);

    private static void Narrow<TFormat, T>(ReadOnlySpan<byte> tensor, int start, Span<double> block)
        where TFormat : struct, IFloatFormat<T>
        where T : unmanaged =>
        Casts.ReadNarrow<TFormat, T>(Part<T>(tensor, start), block);

    private static void Packed(ReadOnlySpan<byte> tensor, int bits, bool isSigned, int start, Span<long> block)
    {
        Span<sbyte> bytes = stackalloc sbyte[block.Length];
        PackedQuantize.Unpack(tensor, bits, isSigned, start, bytes);
        Casts.Read<sbyte>(bytes, block);
    }

    private static void Write<T>(ReadOnlySpan<long> block, int start, Span<byte> tensor) where T : unmanaged, INumber<T> =>
        Casts.Write(block, Part<T>(tensor, start));

    private static void Saturate<T>(ReadOnlySpan<double> block, int start, Span<byte> tensor)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        Casts.Write(block, Part<T>(tensor, start));

    private static void Pack(ReadOnlySpan<double> block, int bits, int low, int high, int start, Span<byte> tensor)
    {
        Span<byte> bytes = stackalloc byte[block.Length];
        for (int i = 0; i < block.Length; i++)
        {
            // NaN counts as the greatest value, as for whole bytes.
            bytes[i] = (byte)(int)(double.IsNaN(block[i]) ? high : Math.Clamp(block[i], low, high));
        }
        PackedBits.Pack(bytes, bits, tensor.Slice(start * bits / 8, (block.Length * bits + 7) / 8));
    }
}
