using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.MachineCode;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>What a call of the code finds in memory: <see cref="FloatTileArguments"/> with addresses, and distances in bytes; bounds are the caller's.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct FloatTileFrame
{
    public const int RowsAt = 0, SegmentsAt = 96, SegmentCountAt = 104, SegmentBytesAt = 112, RightAt = 120, BiasAt = 128;
    public const int AddendAt = 136, AddendStepAt = 144, ResultAt = 152, ResultStepAt = 160, MinAt = 168, MaxAt = 172;
    public const int TilesAt = 176, TileBytesAt = 184, FirstSegmentAt = 192, SegmentsOfAllAt = 200;

    [FieldOffset(RowsAt)] public fixed long Rows[FloatTile.RowsMax];
    [FieldOffset(SegmentsAt)] public int* Segments;
    [FieldOffset(SegmentCountAt)] public long SegmentCount;
    [FieldOffset(SegmentBytesAt)] public long SegmentBytes;
    [FieldOffset(RightAt)] public float* Right;
    [FieldOffset(BiasAt)] public float* Bias;
    [FieldOffset(AddendAt)] public float* Addend;
    [FieldOffset(AddendStepAt)] public long AddendStep;
    [FieldOffset(ResultAt)] public float* Result;
    [FieldOffset(ResultStepAt)] public long ResultStep;
    [FieldOffset(MinAt)] public float Min;
    [FieldOffset(MaxAt)] public float Max;

    /// <summary>Tiles below one another, and from the rows of one to those of the next.</summary>
    [FieldOffset(TilesAt)] public long Tiles;
    [FieldOffset(TileBytesAt)] public long TileBytes;

    /// <summary>What each tile begins with: it counts in <see cref="Segments"/> and <see cref="SegmentCount"/>.</summary>
    [FieldOffset(FirstSegmentAt)] public int* FirstSegment;
    [FieldOffset(SegmentsOfAllAt)] public long SegmentsOfAll;
}

/// <summary>
/// The tile <see cref="FloatTile"/> as machine code for the widest vectors of the CPU, for packed panels and one product, written once for a process:
/// a compiler takes some milliseconds for each of its heights. Sums have the same bits. Under Windows' convention of calls too few vectors are
/// free, so that tiles are compiled there.
/// </summary>
internal sealed class FloatTileCode
{
    /// <summary>Registers of vectors: two of the right matrix, two for products that are rounded, factors, then sums.</summary>
    private const int FirstFactor = 2;

    private const Gpr Right = Gpr.Rsi, Position = Gpr.Rdx, End = Gpr.Rcx, Frame = Gpr.Rdi;

    /// <summary>Where rows begin; the last takes the place of the frame, whose address is on the stack.</summary>
    private static readonly Gpr[] s_rows = [Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.Rax, Gpr.Rbx, Gpr.Rbp, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15, Gpr.Rdi];

    /// <summary>Those of them that a caller expects unchanged.</summary>
    private static readonly HashSet<Gpr> s_kept = [Gpr.Rbx, Gpr.Rbp, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15];

    private readonly int _vectorBytes;
    private readonly bool _isFused;
    private readonly X64Writer _code;
    private readonly int[] _tiles = new int[2 * FloatTile.RowsMax];
    private readonly nint _origin;

    private FloatTileCode(int vectorBits, bool isFused)
    {
        (_vectorBytes, _isFused, _code) = (vectorBits / 8, isFused, new(vectorBits));
        for (int rows = 1; rows <= FloatTile.RowsMax; rows++)
        {
            for (int vectors = 1; vectors <= 2; vectors++)
            {
                if (rows > RowsMax(vectors)) continue;
                _code.Align(64);
                _tiles[Index(rows, vectors)] = _code.Position;
                WriteTile(rows, vectors);
            }
        }
        _origin = CodeMemory.Place(_code.Code);
    }

    /// <summary>Tiles whose sums round once for a term, and those that round twice; null where there is no machine code.</summary>
    public static FloatTileCode? Fused { get; } = Make(isFused: true);

    /// <inheritdoc cref="Fused"/>
    public static FloatTileCode? Separate { get; } = Make(isFused: false);

    /// <summary>The code for sums of a kind in vectors of so many floats, if there is any.</summary>
    public static FloatTileCode? For(bool isFused, int lanes) => (isFused ? Fused : Separate) is { } code && code.Lanes == lanes ? code : null;

    /// <summary>Floats of a vector.</summary>
    public int Lanes => _vectorBytes / sizeof(float);

    private int SumsMax => _vectorBytes == 64 ? 24 : 12;

    private int FirstSum => _vectorBytes == 64 ? 8 : 4;

    /// <summary>Rows of the tallest tile of so many vectors.</summary>
    public int RowsMax(int vectors) => Math.Min(SumsMax / vectors, FloatTile.RowsMax);

    /// <summary>Tiles below one another. The code advances rows, result and addend; what the frame says of them is then that of the next tile.</summary>
    // In bounds: as the compiled tile, to which it is equal; the caller checks. The collector waits for the end of a call without a transition.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Run(FloatTileFrame* frame, int rows, int vectors) =>
        ((delegate* unmanaged[SuppressGCTransition]<FloatTileFrame*, void>)(_origin + _tiles[Index(rows, vectors)]))(frame);

    private static FloatTileCode? Make(bool isFused) =>
        Isa.Current >= VectorWidth.V256 && Isa.HasFma && RuntimeInformation.ProcessArchitecture == Architecture.X64 && !OperatingSystem.IsWindows()
            && new FloatTileCode((int)Isa.Current, isFused) is { _origin: not 0 } code ? code : null;

    private static int Index(int rows, int vectors) => 2 * (rows - 1) + vectors - 1;

    private void WriteTile(int rows, int vectors)
    {
        Gpr[] saved = [.. s_rows[..rows].Where(s_kept.Contains)];
        foreach (var register in saved) _code.Push(register);
        _code.Push(Frame);
        int tile = _code.Position;
        Begin(rows, vectors);
        for (int r = 0; r < rows; r++) _code.Load(s_rows[r], new(Frame, FloatTileFrame.RowsAt + r * sizeof(long)));
        Terms(rows, vectors);
        _code.Load(Frame, new(Gpr.Rsp));
        Finish(rows, vectors);
        _code.Add(new At(Frame, FloatTileFrame.TilesAt), -1);
        int last = _code.JumpAheadIfZero();
        _code.Load(End, new(Frame, FloatTileFrame.TileBytesAt));
        for (int r = 0; r < rows; r++) _code.Add(new At(Frame, FloatTileFrame.RowsAt + r * sizeof(long)), End);
        _code.JumpTo(tile);
        _code.Land(last);
        _code.Pop(Frame);
        for (int i = saved.Length - 1; i >= 0; i--) _code.Pop(saved[i]);
        _code.ZeroUpper();
        _code.Return();
    }

    /// <summary>The segments, the right matrix, and sums that begin with the bias or with zero.</summary>
    private void Begin(int rows, int vectors)
    {
        _code.Load(End, new(Frame, FloatTileFrame.SegmentsOfAllAt));
        _code.Store(End, new(Frame, FloatTileFrame.SegmentCountAt));
        _code.Load(Right, new(Frame, FloatTileFrame.RightAt));
        _code.Load(Position, new(Frame, FloatTileFrame.BiasAt));
        for (int s = 0; s < rows * vectors; s++)
        {
            if (_isFused) _code.LoadVector(FirstSum + s, new(Position, s % vectors * _vectorBytes));
            else _code.Clear(FirstSum + s);
        }
        _code.Load(Position, new(Frame, FloatTileFrame.FirstSegmentAt));
        _code.Store(Position, new(Frame, FloatTileFrame.SegmentsAt));
        _code.Move(End, Frame);
    }

    /// <summary>Segment after segment: Position is where its beginning is told, and End the frame.</summary>
    private void Terms(int rows, int vectors)
    {
        int segment = _code.Position;
        _code.LoadInt(Position, new(Position));
        _code.Add(Position, Position);
        _code.Add(Position, Position);
        _code.Add(new At(End, FloatTileFrame.SegmentsAt), sizeof(int));
        _code.Load(End, new(End, FloatTileFrame.SegmentBytesAt));
        _code.Add(End, Position);
        _code.Align(32);
        int term = _code.Position;
        for (int v = 0; v < vectors; v++) _code.LoadVector(v, new(Right, v * _vectorBytes));
        for (int r = 0; r < rows; r++) Term(r, vectors);
        _code.Add(Right, vectors * _vectorBytes);
        _code.Add(Position, sizeof(float));
        _code.Compare(Position, End);
        _code.JumpIfLess(term);
        _code.Load(End, new(Gpr.Rsp));
        _code.Load(Position, new(End, FloatTileFrame.SegmentsAt));
        _code.Add(new At(End, FloatTileFrame.SegmentCountAt), -1);
        _code.JumpIfNotZero(segment);
    }

    private void Term(int row, int vectors)
    {
        int sum = FirstSum + row * vectors, factor = FirstFactor + (_isFused ? row % (FirstSum - FirstFactor) : 0);
        _code.Broadcast(factor, new(s_rows[row], 0, Position));
        for (int v = 0; v < vectors; v++)
        {
            if (_isFused)
            {
                _code.MultiplyAdd(sum + v, factor, v);
                continue;
            }
            _code.Multiply(factor + 1, factor, v);
            _code.AddFloats(sum + v, sum + v, factor + 1);
        }
    }

    private void Finish(int rows, int vectors)
    {
        if (!_isFused)
        {
            _code.Load(Position, new(Frame, FloatTileFrame.BiasAt));
            for (int s = 0; s < rows * vectors; s++) _code.AddFloats(FirstSum + s, FirstSum + s, new At(Position, s % vectors * _vectorBytes));
        }
        _code.CompareToZero(new(Frame, FloatTileFrame.AddendAt));
        int none = _code.JumpAheadIfZero();
        _code.Load(Position, new(Frame, FloatTileFrame.AddendAt));
        for (int r = 0; r < rows; r++)
        {
            for (int v = 0; v < vectors; v++) _code.AddFloats(FirstSum + r * vectors + v, FirstSum + r * vectors + v, new At(Position, v * _vectorBytes));
            _code.Add(Position, new At(Frame, FloatTileFrame.AddendStepAt));
        }
        _code.Store(Position, new(Frame, FloatTileFrame.AddendAt));
        _code.Land(none);
        _code.Broadcast(0, new(Frame, FloatTileFrame.MinAt));
        _code.Broadcast(1, new(Frame, FloatTileFrame.MaxAt));
        _code.Load(Position, new(Frame, FloatTileFrame.ResultAt));
        for (int r = 0; r < rows; r++)
        {
            for (int v = 0; v < vectors; v++)
            {
                int sum = FirstSum + r * vectors + v;
                _code.Max(sum, 0, sum);
                _code.Min(sum, 1, sum);
                _code.StoreVector(sum, new(Position, v * _vectorBytes));
            }
            _code.Add(Position, new At(Frame, FloatTileFrame.ResultStepAt));
        }
        _code.Store(Position, new(Frame, FloatTileFrame.ResultAt));
    }
}
