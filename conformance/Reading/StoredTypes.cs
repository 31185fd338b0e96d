using Graft.Safetensors;

namespace Graft.Conformance.Reading;

/// <summary>How goldens store the element types of tensors.</summary>
internal static class StoredTypes
{
    // The type, how it is stored, and how many trailing axes the storage adds: safetensors lacks strings, packed
    // integers, float8 written by NumPy, and complex numbers.
    private static readonly (DType Type, SafetensorsDType Stored, int ExtraAxes)[] Rows =
    [
        (DType.Float32, SafetensorsDType.F32, 0),
        (DType.Float16, SafetensorsDType.F16, 0),
        (DType.BFloat16, SafetensorsDType.BF16, 0),
        (DType.Float64, SafetensorsDType.F64, 0),
        (DType.Int8, SafetensorsDType.I8, 0),
        (DType.UInt8, SafetensorsDType.U8, 0),
        (DType.Int16, SafetensorsDType.I16, 0),
        (DType.UInt16, SafetensorsDType.U16, 0),
        (DType.Int32, SafetensorsDType.I32, 0),
        (DType.UInt32, SafetensorsDType.U32, 0),
        (DType.Int64, SafetensorsDType.I64, 0),
        (DType.UInt64, SafetensorsDType.U64, 0),
        (DType.Bool, SafetensorsDType.BOOL, 0),
        (DType.Int4, SafetensorsDType.U8, 0),
        (DType.UInt4, SafetensorsDType.U8, 0),
        (DType.Int2, SafetensorsDType.U8, 0),
        (DType.Float8E4M3FN, SafetensorsDType.U8, 0),
        (DType.Float8E5M2, SafetensorsDType.U8, 0),
        (DType.Complex64, SafetensorsDType.F32, 1),
        (DType.Complex128, SafetensorsDType.F64, 1),
        (DType.String, SafetensorsDType.U8, 0),
        (DType.Resource, SafetensorsDType.I32, 0),
    ];

    /// <summary>Reads a type's long name, short name, or <c>string</c>.</summary>
    public static DType Parse(string name)
    {
        for (int i = 0; i < DTypes.Count; i++)
        {
            var type = (DType)i;
            if (type.Name() == name || type.ShortName() == name) return type;
        }
        throw new GoldenException($"unknown element type '{name}'");
    }

    /// <summary>
    /// How a tensor is stored: the stored type and shape. Strings and packed integers become a row of bytes.
    /// </summary>
    public static (SafetensorsDType Type, Shape Shape) Store(DType type, Shape shape, int byteCount)
    {
        foreach (var row in Rows)
        {
            if (row.Type != type) continue;
            if (type == DType.String || type.IsPacked()) return (row.Stored, new Shape(byteCount));
            return (row.Stored, row.ExtraAxes == 0 ? shape : new Shape([.. shape.Dimensions, 2]));
        }
        throw new ArgumentException($"{type.Name()} tensors cannot be stored");
    }

    /// <summary>The tensor behind a stored one.</summary>
    /// <param name="type">The true type; null to take the stored one for it.</param>
    /// <param name="shape">The shape where storage does not keep it: strings and packed integers.</param>
    public static GoldenTensor Read(SafetensorsTensor stored, DType? type, Shape? shape)
    {
        foreach (var row in Rows)
        {
            if (row.Stored != stored.Type || (type ?? row.Type) != row.Type) continue;
            if (row.Type == DType.String) return new(stored.Name, row.Type, shape, stored.Data);
            if (row.Type.IsPacked())
            {
                bool fits = shape is { } s && row.Type.ByteCount(s.ElementCount) == stored.Bytes.Length;
                return new(stored.Name, row.Type, fits ? shape : null, stored.Data);
            }
            return new(stored.Name, row.Type, Trim(stored, row.ExtraAxes), stored.Data);
        }
        throw new GoldenException($"tensor {stored} cannot hold {type?.Name()}");
    }

    private static Shape Trim(SafetensorsTensor stored, int axes)
    {
        var shape = stored.ToShape();
        if (axes == 0) return shape;
        if (shape.Rank == 0 || shape[^1] != 2)
            throw new GoldenException($"complex tensor {stored} must end in an axis of 2");
        return new Shape(shape.Dimensions[..^1]);
    }
}
