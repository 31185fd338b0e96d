namespace Graft.Schema;

internal sealed partial class OperatorCodeRecord
{
    /// <summary>A builtin operator, with its code in both fields as readers of any version expect it.</summary>
    public static OperatorCodeRecord Builtin(BuiltinOperator code, int version = 1) => new()
    {
        BuiltinCode = code,
        DeprecatedBuiltinCode = (sbyte)Math.Min((int)code, (int)BuiltinOperator.PlaceholderForGreaterOpCodes),
        Version = version,
    };

    /// <summary>A custom operator.</summary>
    public static OperatorCodeRecord Custom(string name, int version = 1)
    {
        OperatorCodeRecord record = Builtin(BuiltinOperator.Custom, version);
        record.CustomCode = name;
        return record;
    }
}
