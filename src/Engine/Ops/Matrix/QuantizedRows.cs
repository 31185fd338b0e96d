using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;
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
    private readonly LeftFactors _kind;
    private readonly Scratch _values;
    private readonly Scratch _scales;
    private readonly Scratch _zeroPoints;

    /// <param name="c">The node.</param>
    /// <param name="batches">Parts with a scale of their own.</param>
    /// <param name="length">Elements of a part.</param>
    /// <param name="rowsPerBatch">Output rows that one part feeds.</param>
    /// <param name="asymmetric">Whether parts have a zero point.</param>
    /// <param name="operand">The input that is quantised.</param>
    /// <param name="kernel">What takes the parts as factors, without gaps between rows; null for plain int8.</param>
    public QuantizedRows(in PrepareContext c, int batches, int length, int rowsPerBatch, bool asymmetric, int operand = 0, GemmInt? kernel = null)
    {
        (IsFactors, _kind) = (kernel is not null, kernel?.Left ?? LeftFactors.Int8);
        _input = c.In(operand);
        (_batches, _length, _rowsPerBatch, _asymmetric) = (batches, length, rowsPerBatch, asymmetric);
        _values = c.ScratchShared((long)batches * length * LeftRow.FactorBytes(_kind));
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

    /// <summary>True where the parts are left factors of a kernel.</summary>
    public bool IsFactors { get; }

    public ReadOnlySpan<sbyte> Values(in RunContext c) => c.Scratch<sbyte>(_values);

    public ReadOnlySpan<byte> Factors(scoped in RunContext c) => c.Scratch<byte>(_values);

    /// <summary>The scale of the part that an output row comes from.</summary>
    public float Scale(in RunContext c, int row) => c.Scratch<float>(_scales)[Batch(row)];

    /// <summary>Scales of the parts that output rows at even distances come from, where they lie or in the room, which has a place for each.</summary>
    public ReadOnlySpan<float> RowScales(in RunContext c, int row, int step, Span<float> room)
    {
        var scales = c.Scratch<float>(_scales);
        if (_product is null && _rowsPerBatch == 1 && step == 1) return scales.Slice(row, room.Length);
        int first = Batch(row);
        if (_product is null && Batch(row + (room.Length - 1) * step) == first) room.Fill(scales[first]);
        else for (int r = 0; r < room.Length; r++) room[r] = scales[Batch(row + (r * step))];
        return room;
    }

    /// <summary>Their zero points, with an offset.</summary>
    public void RowZeroPoints(in RunContext c, int row, int step, int offset, Span<int> zeroPoints)
    {
        var all = c.Scratch<int>(_zeroPoints);
        for (int r = 0; r < zeroPoints.Length; r++) zeroPoints[r] = all[Batch(row + (r * step))] + offset;
    }

    /// <summary>The zero point in the factors of all of some neighbouring output rows; null where they come from several parts.</summary>
    public int? SharedZeroPoint(in RunContext c, LeftFactors kind, int row, int count)
    {
        int batch = Batch(row);
        return batch == Batch(row + count - 1) || !_asymmetric ? LeftRow.ZeroPoint<sbyte>(kind, c.Scratch<int>(_zeroPoints)[batch]) : null;
    }

    public sbyte ZeroPoint(in RunContext c, int batch) => (sbyte)c.Scratch<int>(_zeroPoints)[batch];

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var input = _source is { } scratch ? c.Scratch<float>(scratch) : c.Read<float>(_input);
        var values = c.Scratch<byte>(_values);
        var scales = c.Scratch<float>(_scales);
        var zeroPoints = c.Scratch<int>(_zeroPoints);
        int first = begin * _length;
        DynamicQuantize.Rows(input[first..], _length, values[(first * LeftRow.FactorBytes(_kind))..], _kind, _asymmetric, scales[begin..end], zeroPoints[begin..end]);
    }

    private int Batch(int row) => _product is null ? row / _rowsPerBatch : _product.Left[row / _product.M] * _product.M + row % _product.M;
}
