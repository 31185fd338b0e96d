using Graft.Schema;

namespace Graft;

/// <summary>Element type of a tensor. Values are those of the TFLite schema's TensorType.</summary>
public enum DType : byte
{
    Float32 = (byte)TensorType.Float32,
    Float16 = (byte)TensorType.Float16,
    Int32 = (byte)TensorType.Int32,
    UInt8 = (byte)TensorType.UInt8,
    Int64 = (byte)TensorType.Int64,
    String = (byte)TensorType.String,
    Bool = (byte)TensorType.Bool,
    Int16 = (byte)TensorType.Int16,
    Complex64 = (byte)TensorType.Complex64,
    Int8 = (byte)TensorType.Int8,
    Float64 = (byte)TensorType.Float64,
    Complex128 = (byte)TensorType.Complex128,
    UInt64 = (byte)TensorType.UInt64,
    Resource = (byte)TensorType.Resource,
    Variant = (byte)TensorType.Variant,
    UInt32 = (byte)TensorType.UInt32,
    UInt16 = (byte)TensorType.UInt16,
    Int4 = (byte)TensorType.Int4,
    BFloat16 = (byte)TensorType.BFloat16,
    Int2 = (byte)TensorType.Int2,
    UInt4 = (byte)TensorType.UInt4,
    Float8E4M3FN = (byte)TensorType.Float8E4M3FN,
    Float8E5M2 = (byte)TensorType.Float8E5M2,
}
