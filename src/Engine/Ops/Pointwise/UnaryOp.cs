namespace Graft.Ops.Pointwise;

/// <summary>An operator whose output element i depends on input element i alone.</summary>
internal abstract class UnaryOp : RowOp, IPointwise;
