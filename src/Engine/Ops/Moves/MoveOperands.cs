namespace Graft.Ops.Moves;

/// <summary>
/// What a mover moves between: operands with their element counts, and the scratch areas that stand for them, if any.
/// </summary>
internal sealed class MoveOperands
{
    private readonly int[] _sourceCounts;
    private readonly int[] _targetCounts;
    private readonly int _elementBytes;

    /// <param name="asBytes">Elements smaller than a byte are moved in whole bytes and need no unpacking.</param>
    public MoveOperands(in PrepareContext c, int[] inputs, int[] outputs, bool asBytes = false)
    {
        Type = inputs.Length > 0 ? c.Type(inputs[0]) : c.Output(outputs[0]).Type;
        _elementBytes = Move.ElementBytes(Type);
        Sources = new Operand[inputs.Length];
        Targets = new Operand[outputs.Length];
        TargetShapes = new Shape[outputs.Length];
        _sourceCounts = new int[inputs.Length];
        _targetCounts = new int[outputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            Sources[i] = c.In(inputs[i]);
            _sourceCounts[i] = Count(c, c.Shape(inputs[i]));
        }
        for (int i = 0; i < outputs.Length; i++)
        {
            Targets[i] = c.Out(outputs[i]);
            TargetShapes[i] = c.OutputShape(outputs[i]);
            _targetCounts[i] = Count(c, TargetShapes[i]);
        }
        if (Type.Bits() >= 8 || asBytes) return;
        SourceAreas = new Scratch[inputs.Length];
        TargetAreas = new Scratch[outputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            SourceAreas[i] = c.ScratchShared((long)_sourceCounts[i] * _elementBytes);
        }
        for (int i = 0; i < outputs.Length; i++)
        {
            TargetAreas[i] = c.ScratchShared((long)_targetCounts[i] * _elementBytes);
        }
    }

    public DType Type { get; }

    public Operand[] Sources { get; }

    public Operand[] Targets { get; }

    public Shape[] TargetShapes { get; }

    public Scratch[]? SourceAreas { get; }

    public Scratch[]? TargetAreas { get; }

    public int SourceCount(int i) => _sourceCounts[i];

    public int SourceBytes(int i) => _sourceCounts[i] * _elementBytes;

    public int TargetBytes(int i) => _targetCounts[i] * _elementBytes;

    private static int Count(in PrepareContext c, Shape shape)
    {
        long count = shape.ElementCount;
        c.Require(count <= int.MaxValue,
            $"shape {shape} has {count:N0} elements; at most {int.MaxValue:N0} can be moved");
        return (int)count;
    }
}
