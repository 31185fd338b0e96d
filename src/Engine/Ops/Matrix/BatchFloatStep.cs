using Graft.Kernels.Gemm;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>
/// A batched float product. A unit packs the panels that it needs, unless they were packed before or so few rows read them, or they are so small, that they may stay
/// where they are.
/// </summary>
internal sealed class BatchFloatStep : ParallelStep
{
    private const int BlockRows = 192;

    /// <summary>A right matrix of so many elements is near wherever it lies.</summary>
    private const int NearFloats = 4096;

    private readonly BatchProduct _product;
    private readonly Operand _left;
    private readonly Operand _right;
    private readonly Operand _output;
    private readonly Scratch? _transposed;
    private readonly PackedMatrix<float>? _packed;
    private readonly Scratch _panels;
    private readonly FloatTiling _tiling;
    private readonly int _rows;
    private readonly bool _separate;

    /// <param name="c">The node.</param>
    /// <param name="product">Sizes.</param>
    /// <param name="transposed">The left factors as rows, where they are stored as columns.</param>
    public BatchFloatStep(in PrepareContext c, BatchProduct product, Scratch? transposed)
    {
        (_product, _transposed, _separate) = (product, transposed, c.PlainFloats);
        (_left, _right, _output) = (c.In(0), c.In(1), c.Out(0));
        int blocks = (product.M + BlockRows - 1) / BlockRows;
        _rows = (product.M + Math.Max(blocks, 1) - 1) / Math.Max(blocks, 1);
        _tiling = new(blocks, _rows, product.Count, product.K, product.N);
        if (c.TryConstant(1, out _))
            _packed = c.Packed(1, $"f32 batch {product.RightCount}x{product.K}x{product.N} {product.RightTransposed}", data => Pack(data.As<float>()));
        else _panels = c.ScratchPerWorker(FloatPanels.Length(product.K, Math.Min(product.N, _tiling.PanelsPerGroup * FloatPanels.Width)) * sizeof(float));
    }

    public override int Units => _tiling.Units;

    public override long UnitCost => _tiling.UnitCost;

    public override long Products => (long)_product.Count * _product.M * _product.K * _product.N;

    public override string Kernel => GemmFloat.Name;

    private bool IsRightRead => !_product.RightTransposed && (_rows <= GemmFloat.TileRows || (long)_product.K * _product.N <= NearFloats);

    private int StrideK => _product.RightTransposed ? 1 : _product.N;

    private int StrideN => _product.RightTransposed ? _product.K : 1;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var values = _transposed is { } scratch ? c.Scratch<float>(scratch) : c.Read<float>(_left);
        var target = c.Write<float>(_output);
        for (int i = begin; i < end; i++)
        {
            var unit = _tiling[i];
            int row = unit.Block * _rows, count = Math.Min(_rows, _product.M - row);
            var left = new LeftRows<float>(values[((_product.Left[unit.Matrix] * _product.M + row) * _product.K)..], _product.K, count, _product.K);
            var rows = target[((unit.Matrix * _product.M + row) * _product.N)..];
            if (_packed is null) Unpacked(c, left, unit, rows, worker);
            else
            {
                var product = new FloatProduct(left, _packed[_product.Right[unit.Matrix]], _product.N, default, FloatProduct.Unbounded, rows, _product.N);
                GemmFloat.Run(product, unit.PanelBegin, unit.PanelEnd, _separate);
            }
        }
    }

    private void Unpacked(in RunContext c, LeftRows<float> left, in FloatTiling.Unit unit, Span<float> rows, int worker)
    {
        int column = unit.PanelBegin * FloatPanels.Width, end = Math.Min(unit.PanelEnd * FloatPanels.Width, _product.N);
        var right = c.Read<float>(_right).Slice(_product.Right[unit.Matrix] * _product.K * _product.N, _product.K * _product.N);
        int whole = IsRightRead ? (end - column) / FloatPanels.Lanes * FloatPanels.Lanes : 0;
        if (whole > 0)
        {
            var product = new FloatProduct(left, right[column..], whole, default, FloatProduct.Unbounded, rows[column..], _product.N, strideRight: _product.N);
            GemmFloat.Run(product, 0, FloatPanels.Count(whole), _separate);
            column += whole;
        }
        if (column == end) return;
        var panels = c.Scratch<float>(_panels, worker);
        FloatPanels.Pack(right[(column * StrideN)..], StrideK, StrideN, _product.K, end - column, panels);
        var rest = new FloatProduct(left, panels, end - column, default, FloatProduct.Unbounded, rows[column..], _product.N);
        GemmFloat.Run(rest, 0, FloatPanels.Count(end - column), _separate);
    }

    private PackedMatrix<float> Pack(ReadOnlySpan<float> right)
    {
        var packed = new PackedMatrix<float>(_product.RightCount, FloatPanels.Length(_product.K, _product.N));
        for (int i = 0; i < _product.RightCount; i++)
            FloatPanels.Pack(right[(i * _product.K * _product.N)..], StrideK, StrideN, _product.K, _product.N, packed[i]);
        return packed;
    }
}
