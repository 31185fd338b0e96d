namespace Graft.Ops;

/// <summary>Every operator, one row each, sorted by name. Adding an operator is a new file and a row here.</summary>
internal static class OpTable
{
    public static readonly OpEntry[] Rows =
    [
        OpEntry.Of<Add>(),
        OpEntry.Of<Ceil>(),
        OpEntry.Of<Cos>(),
        OpEntry.Of<Elu>(),
        OpEntry.Of<Equal>(),
        OpEntry.Of<Exp>(),
        OpEntry.Of<Floor>(),
        OpEntry.Of<Gelu>(),
        OpEntry.Of<Greater>(),
        OpEntry.Of<GreaterEqual>(),
        OpEntry.Of<LeakyRelu>(),
        OpEntry.Of<Less>(),
        OpEntry.Of<LessEqual>(),
        OpEntry.Of<Log>(),
        OpEntry.Of<LogicalAnd>(),
        OpEntry.Of<LogicalNot>(),
        OpEntry.Of<LogicalOr>(),
        OpEntry.Of<Logistic>(),
        OpEntry.Of<Maximum>(),
        OpEntry.Of<Minimum>(),
        OpEntry.Of<Mul>(),
        OpEntry.Of<Neg>(),
        OpEntry.Of<NotEqual>(),
        OpEntry.Of<Prelu>(),
        OpEntry.Of<Relu>(),
        OpEntry.Of<Relu0To1>(),
        OpEntry.Of<Relu6>(),
        OpEntry.Of<ReluN1To1>(),
        OpEntry.Of<Reshape>(),
        OpEntry.Of<Round>(),
        OpEntry.Of<Sign>(),
        OpEntry.Of<Sin>(),
        OpEntry.Of<Square>(),
        OpEntry.Of<SquaredDifference>(),
        OpEntry.Of<Sub>(),
        OpEntry.Of<Tanh>(),
    ];
}
