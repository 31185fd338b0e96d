namespace Graft.Ops.Examples;

/// <summary>Where the operands of a parser of examples lie: which input holds a key, at which place, and which holds a default.</summary>
internal sealed record ExampleLayout(int SparseCount, int DenseCount, Func<int, (int Input, int At)> SparseKey, Func<int, (int Input, int At)> DenseKey, int FirstDefault)
{
    public const int FirstKey = 2;

    /// <summary>Version 1: each key is an input, all of the sparse before all of the dense.</summary>
    public static ExampleLayout OfInputs(int inputs, int outputs)
    {
        // There are 2 + sparse + 2 dense inputs and 3 sparse + dense outputs.
        int sparse = ((2 * outputs) - (inputs - FirstKey)) / 5, dense = outputs - (3 * sparse);
        return new(sparse, dense, i => (FirstKey + i, 0), i => (FirstKey + sparse + i, 0), FirstKey + sparse + dense);
    }

    /// <summary>Version 2: keys are vectors, of the sparse, the dense and the ragged features.</summary>
    public static ExampleLayout OfVectors(int sparse, int dense) =>
        new(sparse, dense, i => (FirstKey, i), i => (FirstKey + 1, i), FirstKey + 3);

    public int Indices(int sparse) => sparse;

    public int Values(int sparse) => SparseCount + sparse;

    public int Shapes(int sparse) => (2 * SparseCount) + sparse;

    public int Dense(int dense) => (3 * SparseCount) + dense;

    public void Infer(in InferContext c)
    {
        var examples = c.Shape(0);
        c.Require(SparseCount >= 0 && DenseCount >= 0 && c.InputCount == FirstDefault + DenseCount && c.OutputCount == (3 * SparseCount) + DenseCount,
            $"{c.InputCount} inputs and {c.OutputCount} outputs do not fit {SparseCount} sparse and {DenseCount} dense features");
        c.Require(examples.Rank <= 1 && (examples.Rank == 1 || SparseCount == 0), $"the examples have shape {examples}; a vector is expected");
        for (int i = 0; i < SparseCount; i++)
        {
            c.Require(c.Output(Indices(i)).Type == DType.Int64 && c.Output(Shapes(i)).Type == DType.Int64, $"indices and shape of sparse feature {i} must be int64");
            c.SetOutput(Shapes(i), 2);
        }
        for (int i = 0; i < DenseCount; i++)
        {
            var declared = c.Output(Dense(i)).Shape;
            int[] shape = declared.Dimensions.ToArray();
            c.Require(examples.Rank == 0 || shape.Length > 0, $"output {Dense(i)} must have an axis for the examples");
            if (examples.Rank == 1) shape[0] = examples[0];
            long count = c.Shape(FirstDefault + i).ElementCount, wanted = declared.Product(examples.Rank, declared.Rank);
            c.Require(c.Type(FirstDefault + i) == c.Output(Dense(i)).Type, $"the default of dense feature {i} must have the output's type");
            c.Require(count == 0 || count == wanted, $"the default of dense feature {i} has {count} elements; none or {wanted} are expected");
            c.SetOutput(Dense(i), shape);
        }
    }
}
