using System.Runtime.InteropServices;
using Graft.Errors;
using Graft.Ops.Matrix;

namespace Graft.Ops.Pooling;

/// <summary>Attributes of a custom pooling that come as a C structure of int32: padding (1 SAME, 2 VALID), strides, filter, width first.</summary>
internal readonly record struct PoolStruct(ConvAttributes Window, int FilterHeight, int FilterWidth)
{
    private const int FieldCount = 5, Same = 1, Valid = 2;

    public static PoolStruct Read(in OperatorDef def)
    {
        if (def.CustomOptions.Length < FieldCount * sizeof(int)) throw new UnsupportedOptionException($"the options have {def.CustomOptions.Length} bytes; {FieldCount} int32 at least are expected");
        var fields = MemoryMarshal.Cast<byte, int>(def.CustomOptions);
        if (fields[0] is not (Same or Valid)) throw new UnsupportedOptionException($"padding {fields[0]} is neither SAME (1) nor VALID (2)");
        return Checked(fields[0] == Same, fields[2], fields[1], fields[4], fields[3]);
    }

    public static PoolStruct Checked(bool isSame, int strideY, int strideX, int filterHeight, int filterWidth)
    {
        var window = new ConvAttributes(isSame, strideY, strideX, 1, 1);
        window.Check();
        if (filterHeight < 1 || filterWidth < 1) throw new UnsupportedOptionException($"filter {filterHeight}x{filterWidth} is empty");
        return new(window, filterHeight, filterWidth);
    }
}
