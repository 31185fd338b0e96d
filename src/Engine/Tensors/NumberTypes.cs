using System.Numerics;

namespace Graft;

/// <summary>An action that computes with the elements of a tensor.</summary>
internal interface INumberAction<out TResult>
{
    TResult Invoke<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>An action on the elements of an index tensor.</summary>
internal interface IIndexAction<out TResult>
{
    TResult Invoke<T>() where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>Calls actions with those .NET types that can be computed with.</summary>
internal static class NumberTypes
{
    /// <summary>The types that <see cref="Dispatch"/> takes, as operator signatures write them.</summary>
    public const string All = "f32|f16|f64|i8|u8|i16|u16|i32|u32|i64|u64";

    /// <summary>The types that <see cref="DispatchIndex"/> takes.</summary>
    public const string Indices = "i16|i32|i64";

    public static TResult Dispatch<TAction, TResult>(DType type, ref TAction action)
        where TAction : struct, INumberAction<TResult> => type switch
        {
            DType.Float32 => action.Invoke<float>(),
            DType.Float16 => action.Invoke<Half>(),
            DType.Float64 => action.Invoke<double>(),
            DType.Int8 => action.Invoke<sbyte>(),
            DType.UInt8 => action.Invoke<byte>(),
            DType.Int16 => action.Invoke<short>(),
            DType.UInt16 => action.Invoke<ushort>(),
            DType.Int32 => action.Invoke<int>(),
            DType.UInt32 => action.Invoke<uint>(),
            DType.Int64 => action.Invoke<long>(),
            DType.UInt64 => action.Invoke<ulong>(),
            _ => throw new ArgumentException($"{type.Name()} is no number that can be computed with"),
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
