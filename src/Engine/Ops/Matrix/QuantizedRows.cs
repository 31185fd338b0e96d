using Graft.Kernels.Quant;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// Float activations quantised to int8 at run time, each of <c>batches</c> equal parts with a scale of its own, and a zero point when
/// asymmetric: scratch memory and the step that fills it.
/// </summary>
internal sealed class QuantizedRows : ParallelStep
{
    private readonly Operand _input;
    private readonly int _batches;
    private readonly int _length;
    private readonly int _rowsPerBatch;
    private readonly bool _asymmetric;
    private readonly Scratch? _source;
    private readonly BatchProduct? _product;
    private readonly Scratch _values;
    private readonly Scratch _scales;
    private readonly Scratch _zeroPoints;

    /// <param name="c">The node.</param>
    /// <param name="batches">Parts with a scale of their own.</param>
    /// <param name="length">Elements of a part.</param>
    /// <param name="rowsPerBatch">Output rows that one part feeds.</param>
    /// <param name="asymmetric">Whether parts have a zero point.</param>
    /// <param name="operand">The input that is quantised.</param>
    public QuantizedRows(in PrepareContext c, int batches, int length, int rowsPerBatch, bool asymmetric, int operand = 0)
    {
        _input = c.In(operand);
        (_batches, _length, _rowsPerBatch, _asymmetric) = (batches, length, rowsPerBatch, asymmetric);
        _values = c.ScratchShared((long)batches * length);
        _scales = c.ScratchShared((long)batches * sizeof(float));
        _zeroPoints = c.ScratchShared((long)batches * sizeof(int));
    }

    /// <summary>The rows of the left factors of a batched product, each with a scale of its own.</summary>
    /// <param name="c">The node; its input 0 is quantised.</param>
    /// <param name="product">Which left row an output row comes from.</param>
    /// <param name="transposed">Where the rows are when input 0 holds them as columns.</param>
    /// <param name="asymmetric">Whether rows have a zero point.</param>
    public QuantizedRows(in PrepareContext c, BatchProduct product, Scratch? transposed, bool asymmetric)
        : this(c, product.LeftCount * product.M, product.K, 1, asymmetric) => (_product, _source) = (product, transposed);

    public override int Units => _batches;

    public override long UnitCost => _length / 4;

    /// <summary>True where no part has a zero point.</summary>
    public bool IsSymmetric => !_asymmetric;

    public ReadOnlySpan<sbyte> Values(in RunContext c) => c.Scratch<sbyte>(_values);

    /// <summary>The scale of the part that an output row comes from.</summary>
    public float Scale(in RunContext c, int row) => c.Scratch<float>(_scales)[Batch(row)];

    /// <summary>Scales and zero points of the parts that output rows at even distances come from, an offset added to the latter.</summary>
    public void Numbers(in RunContext c, int row, int step, int zeroPointOffset, Span<float> rowScales, Span<int> rowZeroPoints)
    {
        var scales = c.Scratch<float>(_scales);
        var zeroPoints = c.Scratch<int>(_zeroPoints);
        for (int r = 0; r < rowScales.Length; r++)
        {
            int at = row + (r * step), batch = _product is null && _rowsPerBatch == 1 ? at : Batch(at);
            rowScales[r] = scales[batch];
            rowZeroPoints[r] = zeroPoints[batch] + zeroPointOffset;
        }
    }

    public sbyte ZeroPoint(in RunContext c, int batch) => (sbyte)c.Scratch<int>(_zeroPoints)[batch];

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var input = _source is { } scratch ? c.Scratch<float>(scratch) : c.Read<float>(_input);
        var values = c.Scratch<sbyte>(_values);
        var scales = c.Scratch<float>(_scales);
        var zeroPoints = c.Scratch<int>(_zeroPoints);
        int first = begin * _length;
        DynamicQuantize.Rows(input[first..], _length, values[first..], _asymmetric, scales[begin..end], zeroPoints[begin..end]);
    }

    private int Batch(int row) => _product is null ? row / _rowsPerBatch : _product.Left[row / _product.M] * _product.M + row % _product.M;
}
