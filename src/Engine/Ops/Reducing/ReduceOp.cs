namespace Graft.Ops.Reducing;

/// <summary>An operator that reduces input 0 along the axes in input 1, which vanish or keep length 1.</summary>
internal abstract class ReduceOp(bool keepDims) : IOp
{
    public void Infer(in InferContext c)
    {
        if (!c.TryIntegers(1, out int[]? axes)) return;
        var shape = c.Shape(0);
        var reduced = new bool[shape.Rank];
        // A scalar has no axis to check: any is taken as nothing to reduce.
        foreach (int axis in shape.Rank == 0 ? [] : axes) reduced[c.Axis(axis, shape.Rank)] = true;
        var result = new List<int>(shape.Rank);
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (!reduced[axis]) result.Add(shape[axis]);
            else if (keepDims) result.Add(1);
        }
        c.SetOutput(0, [.. result]);
    }

    public abstract IStep Prepare(in PrepareContext c);
}
