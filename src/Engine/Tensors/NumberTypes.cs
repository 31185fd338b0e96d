using System.Numerics;

namespace Graft;

/// <summary>An action that is generic over a tensor's element type, which is a number that .NET calculates with.</summary>
internal interface INumberAction<out TResult>
{
    TResult Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>;
}

/// <summary>An action that is generic over an integer element type.</summary>
internal interface IIntegerAction<out TResult>
{
    TResult Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
}

/// <summary>An action on the elements of an index tensor.</summary>
internal interface IIndexAction<out TResult>
{
    TResult Invoke<T>() where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>Facts and choices about element types that are numbers.</summary>
internal static class NumberTypes
{
    /// <summary>The number types, as operator signatures write them.</summary>
    public const string All = "f32|f16|f64|i8|u8|i16|u16|i32|u32|i64|u64";

    /// <summary>The types that <see cref="DispatchIndex"/> takes.</summary>
    public const string Indices = "i16|i32|i64";

    /// <summary>The least and greatest value of an integer type.</summary>
    public static (long Low, long High) IntegerRange(this DType type)
    {
        int bits = type.Bits();
        return type.Name().StartsWith('u') ? (0, (long)(ulong.MaxValue >> (64 - Math.Min(bits, 63))))
            : (-1L << (bits - 1), long.MaxValue >> (64 - bits));
    }

    /// <summary>Calls <paramref name="action"/> with the .NET type of one element; booleans are bytes.</summary>
    /// <exception cref="ArgumentException">The type has no arithmetic in .NET: strings, complex and packed types, bfloat16, float8.</exception>
    public static TResult Dispatch<TAction, TResult>(DType type, ref TAction action)
        where TAction : struct, INumberAction<TResult> => type switch
        {
            DType.Float32 => action.Invoke<float>(),
            DType.Float16 => action.Invoke<Half>(),
            DType.Float64 => action.Invoke<double>(),
            DType.Int8 => action.Invoke<sbyte>(),
            DType.UInt8 or DType.Bool => action.Invoke<byte>(),
            DType.Int16 => action.Invoke<short>(),
            DType.UInt16 => action.Invoke<ushort>(),
            DType.Int32 => action.Invoke<int>(),
            DType.UInt32 => action.Invoke<uint>(),
            DType.Int64 => action.Invoke<long>(),
            DType.UInt64 => action.Invoke<ulong>(),
            _ => throw new ArgumentException($"{type.Name()} is no number type"),
        };

    /// <summary>Calls <paramref name="action"/> with the .NET type of one element of an integer type.</summary>
    public static TResult DispatchInteger<TAction, TResult>(DType type, ref TAction action)
        where TAction : struct, IIntegerAction<TResult> => type switch
        {
            DType.UInt16 => action.Invoke<ushort>(),
            DType.Int32 => action.Invoke<int>(),
            DType.UInt32 => action.Invoke<uint>(),
            DType.Int64 => action.Invoke<long>(),
            DType.UInt64 => action.Invoke<ulong>(),
            _ => DispatchNarrow<TAction, TResult>(type, ref action),
        };

    /// <summary>The same for int8, uint8 and int16: the types of quantised activations.</summary>
    public static TResult DispatchNarrow<TAction, TResult>(DType type, ref TAction action)
        where TAction : struct, IIntegerAction<TResult> => type switch
        {
            DType.Int8 => action.Invoke<sbyte>(),
            DType.UInt8 => action.Invoke<byte>(),
            DType.Int16 => action.Invoke<short>(),
            _ => throw new ArgumentException($"{type.Name()} is no type of quantised activations"),
        };

    public static TResult DispatchIndex<TAction, TResult>(DType type, ref TAction action)
        where TAction : struct, IIndexAction<TResult> => type switch
        {
            DType.Int16 => action.Invoke<short>(),
            DType.Int32 => action.Invoke<int>(),
            DType.Int64 => action.Invoke<long>(),
            _ => throw new ArgumentException($"{type.Name()} is no index type"),
        };
}
