namespace Graft.Safetensors;

/// <summary>Element types of the safetensors format, by their names in the file.</summary>
internal enum SafetensorsDType : byte
{
    BOOL,
    F4,
    F6_E2M3,
    F6_E3M2,
    U8,
    I8,
    F8_E5M2,
    F8_E4M3,
    F8_E8M0,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    C64,
    F64,
    I64,
    U64,
}

/// <summary>Name and width of every element type.</summary>
internal static class SafetensorsDTypes
{
    private static readonly (SafetensorsDType Type, string Name, int Bits)[] Rows =
    [
        (SafetensorsDType.BOOL, "BOOL", 8),
        (SafetensorsDType.F4, "F4", 4),
        (SafetensorsDType.F6_E2M3, "F6_E2M3", 6),
        (SafetensorsDType.F6_E3M2, "F6_E3M2", 6),
        (SafetensorsDType.U8, "U8", 8),
        (SafetensorsDType.I8, "I8", 8),
        (SafetensorsDType.F8_E5M2, "F8_E5M2", 8),
        (SafetensorsDType.F8_E4M3, "F8_E4M3", 8),
        (SafetensorsDType.F8_E8M0, "F8_E8M0", 8),
        (SafetensorsDType.I16, "I16", 16),
        (SafetensorsDType.U16, "U16", 16),
        (SafetensorsDType.F16, "F16", 16),
        (SafetensorsDType.BF16, "BF16", 16),
        (SafetensorsDType.I32, "I32", 32),
        (SafetensorsDType.U32, "U32", 32),
        (SafetensorsDType.F32, "F32", 32),
        (SafetensorsDType.C64, "C64", 64),
        (SafetensorsDType.F64, "F64", 64),
        (SafetensorsDType.I64, "I64", 64),
        (SafetensorsDType.U64, "U64", 64),
    ];

    /// <summary>Every name, for messages.</summary>
    public static string AllNames { get; } = string.Join(", ", Rows.Select(r => r.Name));

    public static string Name(this SafetensorsDType type) => Rows[(int)type].Name;

    /// <summary>Bits of one element.</summary>
    public static int Bits(this SafetensorsDType type) => Rows[(int)type].Bits;

    /// <summary>Finds a type by its name, which is in upper case.</summary>
    public static bool TryParse(string name, out SafetensorsDType type)
    {
        foreach (var row in Rows)
        {
            type = row.Type;
            if (row.Name == name) return true;
        }
        type = default;
        return false;
    }

    /// <summary>Bytes of a tensor.</summary>
    /// <returns>Null when the count overflows 64 bits or does not fill whole bytes.</returns>
    public static long? ByteCount(this SafetensorsDType type, ReadOnlySpan<long> shape)
    {
        long bits = type.Bits();
        foreach (long dimension in shape)
        {
            if (dimension == 0) return 0;
        }
        foreach (long dimension in shape)
        {
            if (bits > long.MaxValue / dimension) return null;
            bits *= dimension;
        }
        return bits % 8 == 0 ? bits / 8 : null;
    }
}
