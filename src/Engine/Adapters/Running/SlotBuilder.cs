using Graft.Adapters.Form;
using Graft.Ops.Adapted;

namespace Graft.Adapters.Running;

/// <summary>
/// Gathers what several modules, and several adapters, do to one node, and packs it. Columns are those of the patches over all channels in
/// the order (height, width, channel), in which the kernels gather them.
/// </summary>
internal sealed class SlotBuilder(int outputs, int inputs, FilterShape filter)
{
    private readonly List<(LowRank Term, Matrix A, int FirstRow)> _low = [], _own = [];
    private readonly List<IBranch> _branches = [];
    private readonly List<IRowFunction> _functions = [];
    private Matrix? _dense;
    private float[]? _scale;
    private float[]? _bias;

    /// <summary>Where sequences have tokens, for functions that act at their ends.</summary>
    public TokenMask? Mask { get; set; }

    private bool IsFilter => filter.Channels > 0;

    private int PatchLength => IsFilter ? filter.Height * filter.Width * filter.Channels : inputs;

    /// <summary>Adds the terms of a module whose outputs begin at <paramref name="firstRow"/> of the node's.</summary>
    public void Add(LinearTerms terms, int firstRow, string where)
    {
        foreach (var term in terms.LowRanks)
        {
            if (term.Patch == LowRankPatch.OwnConvolution) _own.Add((term, Permuted(term.A), firstRow));
            else if (IsFilter && filter.Groups > 1) throw new AdapterException($"{where}: low-rank factors of a grouped convolution must see all channels");
            else _low.Add((term, Permuted(term.A), firstRow));
        }
        if (terms.Dense is { } dense) AddDense(dense, firstRow);
        if (terms.Scale is { } scale)
        {
            if (_scale is null) Array.Fill(_scale = new float[outputs], 1);
            for (int i = 0; i < scale.Length; i++) _scale[firstRow + i] *= scale[i];
        }
        if (terms.Bias is { } bias)
        {
            _bias ??= new float[outputs];
            for (int i = 0; i < bias.Length; i++) _bias[firstRow + i] += bias[i];
        }
        if (!terms.IsLinear && (IsFilter || firstRow != 0 || terms.Outputs != outputs)) throw new AdapterException($"{where}: a non-linear branch needs a whole linear layer");
        _branches.AddRange(terms.Branches);
        _functions.AddRange(terms.Functions);
        if (terms.Columns.Count > 0)
        {
            var columns = new Matrix(terms.Outputs, terms.Inputs);
            foreach (var (column, values) in terms.Columns)
            {
                for (int r = 0; r < values.Length; r++) columns[r, column] = values[r];
            }
            AddDense(columns, firstRow);
        }
    }

    /// <summary>The node's weight with all that is added to it; rows and columns as in <paramref name="weight"/>.</summary>
    /// <exception cref="AdapterException">A term is no matrix of the node's size.</exception>
    public Matrix Merged(Matrix weight, string where)
    {
        bool isOwn = _own.Count > 0 && (filter.Groups > 1 || filter.DilationY > 1 || filter.DilationX > 1);
        if (_branches.Count + _functions.Count > 0 || isOwn) throw new AdapterException($"{where}: what the adapter adds is no change of the weight, so it cannot be merged; run it unmerged");
        var merged = new Matrix(outputs, PatchLength);
        Spread(weight, 0, merged);
        if (_scale is not null) merged = merged.ScaledRows(_scale);
        if (_dense is not null) merged = merged.Plus(_dense);
        foreach (var pair in new[] { Joined(_low), Joined(_own) })
        {
            if (pair is not null) merged = merged.Plus(pair.B.Times(pair.A));
        }
        if (!IsFilter) return merged;
        var gathered = new Matrix(weight.Rows, weight.Columns);
        for (int r = 0; r < weight.Rows; r++)
        {
            for (int c = 0; c < weight.Columns; c++) gathered[r, c] = merged[r, Column(c, FirstChannel(r))];
        }
        return gathered;
    }

    /// <summary>The bias with all that is added to it; null where nothing is.</summary>
    public float[]? MergedBias(float[]? baseBias) => _bias is null ? null : [.. _bias.Select((b, i) => b + (baseBias?[i] ?? 0))];

    /// <param name="baseBias">The bias that the node itself adds, or null.</param>
    public SlotDelta Build(float[]? baseBias)
    {
        if (_scale is not null && baseBias is not null)
        {
            _bias ??= new float[outputs];
            for (int i = 0; i < outputs; i++) _bias[i] += (1 - _scale[i]) * baseBias[i];
        }
        return new(outputs, Joined(_low), Joined(_own), _dense, _scale, _bias, _branches, _functions, PatchLength) { Mask = Mask };
    }

    /// <summary>One pair for all: the As above each other, the Bs side by side, each in its own rows.</summary>
    private LowRank? Joined(List<(LowRank Term, Matrix A, int FirstRow)> pairs)
    {
        if (pairs.Count == 0) return null;
        if (pairs is [{ FirstRow: 0 } only] && only.Term.Factor.Rows == outputs) return new(only.A, only.Term.Factor, only.Term.Scale, only.Term.Patch);
        int rank = pairs.Sum(p => p.A.Rows), at = 0;
        var a = new Matrix(rank, PatchLength);
        var b = new Matrix(outputs, rank);
        foreach (var pair in pairs)
        {
            pair.A.Values.CopyTo(a.Values.AsSpan(at * PatchLength));
            for (int r = 0; r < pair.Term.B.Rows; r++) pair.Term.B.Row(r).CopyTo(b.Row(pair.FirstRow + r)[at..]);
            at += pair.A.Rows;
        }
        return new(a, b, 1, LowRankPatch.Weight);
    }

    private void AddDense(Matrix dense, int firstRow) => Spread(dense, firstRow, _dense ??= new Matrix(outputs, PatchLength));

    /// <summary>Adds a matrix in the order of the filter to one of patches over all channels.</summary>
    private void Spread(Matrix dense, int firstRow, Matrix patches)
    {
        for (int r = 0; r < dense.Rows; r++)
        {
            var target = patches.Row(firstRow + r);
            int firstChannel = FirstChannel(firstRow + r);
            for (int c = 0; c < dense.Columns; c++) target[Column(c, firstChannel)] += dense[r, c];
        }
    }

    /// <summary>The first input channel that an output's group sees.</summary>
    private int FirstChannel(int row) => IsFilter ? row / (outputs / filter.Groups) * filter.GroupChannels : 0;

    private Matrix Permuted(Matrix a)
    {
        if (!IsFilter) return a;
        var permuted = new Matrix(a.Rows, PatchLength);
        for (int r = 0; r < a.Rows; r++)
        {
            for (int c = 0; c < a.Columns; c++) permuted[r, Column(c, 0)] = a[r, c];
        }
        return permuted;
    }

    /// <summary>(channel, height, width) to (height, width, channel).</summary>
    private int Column(int column, int firstChannel)
    {
        if (!IsFilter) return column;
        int area = filter.Height * filter.Width;
        return column % area * filter.Channels + column / area + firstChannel;
    }
}
