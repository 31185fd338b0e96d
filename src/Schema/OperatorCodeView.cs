namespace Graft.Schema;

internal readonly ref partial struct OperatorCodeView
{
    /// <summary>
    /// The operator. Files older than version 3a have only the one-byte field; newer ones store the placeholder 127
    /// there when the code does not fit, so that the larger of the two is the code in both.
    /// </summary>
    public BuiltinOperator Code => (BuiltinOperator)Math.Max(DeprecatedBuiltinCode, (int)BuiltinCode);
}
