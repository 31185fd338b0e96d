using System.Numerics;
using Graft.Kernels;

namespace Graft;

/// <summary>An action that is generic over a tensor's element type; see <see cref="DTypes.Dispatch{TAction, TResult}"/>.</summary>
internal interface IDTypeAction<out TResult>
{
    TResult Invoke<T>() where T : unmanaged;
}

/// <summary>The facts of every element type, one row each.</summary>
internal static class DTypes
{
    private readonly record struct Row(DType Type, string Name, string Short, int Bits);

    private static readonly Row[] Rows = Index(
        new(DType.Float32, "float32", "f32", 32), new(DType.Float16, "float16", "f16", 16),
        new(DType.BFloat16, "bfloat16", "bf16", 16), new(DType.Float64, "float64", "f64", 64),
        new(DType.Float8E4M3FN, "float8_e4m3fn", "f8e4", 8), new(DType.Float8E5M2, "float8_e5m2", "f8e5", 8),
        new(DType.Int8, "int8", "i8", 8), new(DType.UInt8, "uint8", "u8", 8),
        new(DType.Int16, "int16", "i16", 16), new(DType.UInt16, "uint16", "u16", 16),
        new(DType.Int32, "int32", "i32", 32), new(DType.UInt32, "uint32", "u32", 32),
        new(DType.Int64, "int64", "i64", 64), new(DType.UInt64, "uint64", "u64", 64),
        new(DType.Int4, "int4", "i4", 4), new(DType.UInt4, "uint4", "u4", 4), new(DType.Int2, "int2", "i2", 2),
        new(DType.Bool, "bool", "bool", 8), new(DType.Complex64, "complex64", "c64", 64),
        new(DType.Complex128, "complex128", "c128", 128), new(DType.String, "string", "str", 0),
        new(DType.Resource, "resource", "resource", 32), new(DType.Variant, "variant", "variant", 0));

    private static Row[] Index(params ReadOnlySpan<Row> rows)
    {
        var byType = new Row[rows.Length];
        foreach (var row in rows) byType[(int)row.Type] = row;
        return byType;
    }

    /// <summary>Number of element types; codes from 0 to this, exclusive, are valid.</summary>
    public static int Count => Rows.Length;

    public static string Name(this DType type) => Rows[(int)type].Name;

    /// <summary>The name used in operator signatures and in tables, such as <c>f32</c>.</summary>
    public static string ShortName(this DType type) => Rows[(int)type].Short;

    public static DType FromShortName(string name)
    {
        foreach (var row in Rows)
        {
            if (row.Short == name) return row.Type;
        }
        throw new ArgumentException($"no element type is called '{name}'");
    }

    /// <summary>Bits of one element; 0 for strings and variants, whose elements have no fixed size.</summary>
    public static int Bits(this DType type) => Rows[(int)type].Bits;

    /// <summary>True when elements are stored several to a byte.</summary>
    public static bool IsPacked(this DType type) => Rows[(int)type].Bits is > 0 and < 8;

    public static bool IsFloat(this DType type) => Rows[(int)type].Name.Contains("float", StringComparison.Ordinal);

    /// <summary>
    /// Bytes that hold <paramref name="count"/> elements; packed types are rounded up to a whole byte. More than any limit, but not
    /// the exact number, when that exceeds what a long holds.
    /// </summary>
    public static long ByteCount(this DType type, long count)
    {
        long bits = type.Bits();
        return bits > 0 && count > (long.MaxValue - 7) / bits ? long.MaxValue / 8 : (count * bits + 7) / 8;
    }

    /// <summary>Calls <paramref name="action"/> with the .NET type that stores one element of <paramref name="type"/>.</summary>
    /// <remarks>Packed and float8 types are stored as bytes; booleans as bytes that are 0 or 1.</remarks>
    public static TResult Dispatch<TAction, TResult>(DType type, ref TAction action)
        where TAction : struct, IDTypeAction<TResult> => type switch
        {
            DType.Float32 => action.Invoke<float>(),
            DType.Float16 => action.Invoke<Half>(),
            DType.BFloat16 => action.Invoke<BFloat16>(),
            DType.Float64 => action.Invoke<double>(),
            DType.Int8 => action.Invoke<sbyte>(),
            DType.Int16 => action.Invoke<short>(),
            DType.UInt16 => action.Invoke<ushort>(),
            DType.Int32 or DType.Resource => action.Invoke<int>(),
            DType.UInt32 => action.Invoke<uint>(),
            DType.Int64 => action.Invoke<long>(),
            DType.UInt64 => action.Invoke<ulong>(),
            DType.Complex64 => action.Invoke<Complex64>(),
            DType.Complex128 => action.Invoke<Complex>(),
            DType.String or DType.Variant => throw new ArgumentException($"{type.Name()} elements have no fixed size"),
            _ => action.Invoke<byte>(),
        };

    /// <summary>True when <typeparamref name="T"/> is the .NET type of an element, or shows the elements of a type that .NET lacks.</summary>
    public static bool Stores<T>(this DType type) where T : unmanaged
    {
        if (type is DType.String or DType.Variant) return false;
        if (typeof(T) == typeof(bool) && type == DType.Bool) return true;
        var probe = new TypeProbe<T>();
        return Dispatch<TypeProbe<T>, bool>(type, ref probe);
    }

    private struct TypeProbe<TWanted> : IDTypeAction<bool> where TWanted : unmanaged
    {
        public readonly bool Invoke<T>() where T : unmanaged => typeof(T) == typeof(TWanted)
            || (typeof(T) == typeof(BFloat16) && typeof(TWanted) == typeof(ushort))
            || (typeof(T) == typeof(Complex64) && typeof(TWanted) == typeof(float));
    }

    /// <summary>Calls <paramref name="action"/> with an integer type as wide as an element: for moving data unseen.</summary>
    public static TResult DispatchWidth<TAction, TResult>(DType type, ref TAction action)
        where TAction : struct, IDTypeAction<TResult> => type.Bits() switch
        {
            8 => action.Invoke<byte>(),
            16 => action.Invoke<ushort>(),
            32 => action.Invoke<uint>(),
            64 => action.Invoke<ulong>(),
            128 => action.Invoke<UInt128>(),
            _ => throw new ArgumentException($"{type.Name()} elements are not whole bytes"),
        };
}
