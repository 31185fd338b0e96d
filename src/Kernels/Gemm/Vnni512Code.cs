using System.Runtime.InteropServices;
using Graft.Kernels.MachineCode;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Gemm;

/// <summary>What a call of the code finds in memory: <see cref="IntTileArguments"/> with addresses; bounds are the caller's.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct Vnni512Arguments
{
    public const int RowsAt = 0, TilesAt = 64, TileBytesAt = 72, SegmentsAt = 80, SegmentCountAt = 88, SegmentBytesAt = 96, RightAt = 104, PanelBytesAt = 112, FirstAt = 120, FirstBytesAt = 128, SumsAt = 136;

    [FieldOffset(RowsAt)] public fixed long Rows[Vnni512Code.RowsMax];
    [FieldOffset(TilesAt)] public long Tiles;
    [FieldOffset(TileBytesAt)] public long TileBytes;
    [FieldOffset(SegmentsAt)] public int* Segments;
    [FieldOffset(SegmentCountAt)] public long SegmentCount;
    [FieldOffset(SegmentBytesAt)] public long SegmentBytes;
    [FieldOffset(RightAt)] public byte* Right;
    [FieldOffset(PanelBytesAt)] public long PanelBytes;
    [FieldOffset(FirstAt)] public int* First;
    [FieldOffset(FirstBytesAt)] public long FirstBytes;
    [FieldOffset(SumsAt)] public int* Sums;
}

/// <summary>
/// The tiles <see cref="IntTile"/> and <see cref="IntWideTile"/> as machine code for AVX512_VNNI, written once for a process. Eight rows by two vectors are
/// sixteen sums, in the registers 16 to 31; the registers below 6 hold factors, so that no vector has to be saved under any convention of calls.
/// </summary>
internal sealed class Vnni512Code
{
    public const int RowsMax = 8;

    private const int VectorBytes = 64, FirstSum = 16, FirstLeft = 2, LeftRegisters = 4;
    private const Gpr Arguments = Gpr.Rax, Position = Gpr.Rdx, End = Gpr.Rcx, Segment = Gpr.Rsi, Count = Gpr.Rdi, Right = Gpr.R11;

    private static readonly Gpr[] s_rows = [Gpr.R8, Gpr.R9, Gpr.R10, Gpr.Rbx, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15];

    /// <summary>Those of the registers used that a caller expects unchanged.</summary>
    private static readonly Gpr[] s_saved = OperatingSystem.IsWindows()
        ? [Gpr.Rbx, Gpr.Rsi, Gpr.Rdi, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15]
        : [Gpr.Rbx, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15];

    private readonly X64Writer _code = new();
    private readonly int[] _tiles = new int[RowsMax];
    private readonly int _wideTile;
    private readonly nint _origin;

    private Vnni512Code()
    {
        for (int rows = 1; rows <= RowsMax; rows++)
        {
            _tiles[rows - 1] = _code.Position;
            WriteTiles(rows);
        }
        _wideTile = _code.Position;
        WriteWideTile();
        _origin = CodeMemory.Place(_code.Code);
    }

    /// <summary>The code, or null where the CPU lacks the instructions or code cannot be placed.</summary>
    public static Vnni512Code? Instance { get; } = Vnni512Dot.IsSupported && new Vnni512Code() is { _origin: not 0 } code ? code : null;

    /// <summary>The address of the tiles of so many rows.</summary>
    public nint Tiles(int rows) => _origin + _tiles[rows - 1];

    /// <summary>The address of the tile of one row.</summary>
    public nint WideTile => _origin + _wideTile;

    private void WriteTiles(int rows)
    {
        Begin();
        for (int r = 0; r < rows; r++) _code.Load(s_rows[r], new(Arguments, Vnni512Arguments.RowsAt + r * sizeof(long)));
        int tile = _code.Position;
        BeginTile();
        _code.Load(End, new(Arguments, Vnni512Arguments.FirstAt));
        for (int r = 0; r < rows; r++)
        {
            for (int v = 0; v < 2; v++) _code.LoadVector(FirstSum + 2 * r + v, new(End, v * VectorBytes));
            _code.Add(End, new At(Arguments, Vnni512Arguments.FirstBytesAt));
        }
        _code.Store(End, new(Arguments, Vnni512Arguments.FirstAt));
        Words(() =>
        {
            for (int v = 0; v < 2; v++) _code.LoadVector(v, new(Right, v * VectorBytes));
            for (int r = 0; r < rows; r++)
            {
                int left = FirstLeft + r % LeftRegisters;
                _code.Broadcast(left, new(s_rows[r], 0, Position));
                for (int v = 0; v < 2; v++) _code.DotBytes(FirstSum + 2 * r + v, left, v);
            }
            _code.Add(Right, 2 * VectorBytes);
        });
        for (int r = 0; r < rows; r++) _code.Add(s_rows[r], new At(Arguments, Vnni512Arguments.TileBytesAt));
        StoreSums(2 * rows);
        _code.Store(End, new(Arguments, Vnni512Arguments.SumsAt));
        _code.Add(new At(Arguments, Vnni512Arguments.TilesAt), -1);
        _code.JumpIfNotZero(tile);
        Finish();
    }

    private void WriteWideTile()
    {
        Begin();
        BeginTile();
        Gpr row = s_rows[^1];
        Gpr[] panels = [Right, .. s_rows[..(IntWideTile.Panels - 1)]];
        _code.Load(row, new(Arguments, Vnni512Arguments.RowsAt));
        for (int p = 1; p < panels.Length; p++)
        {
            _code.Move(panels[p], panels[p - 1]);
            _code.Add(panels[p], new At(Arguments, Vnni512Arguments.PanelBytesAt));
        }
        _code.Load(End, new(Arguments, Vnni512Arguments.FirstAt));
        for (int v = 0; v < 2 * panels.Length; v++) _code.LoadVector(FirstSum + v, new(End, v * VectorBytes));
        Words(() =>
        {
            _code.Broadcast(FirstLeft, new(row, 0, Position));
            for (int v = 0; v < 2 * panels.Length; v++) _code.DotBytes(FirstSum + v, FirstLeft, new At(panels[v / 2], v % 2 * VectorBytes));
            foreach (var panel in panels) _code.Add(panel, 2 * VectorBytes);
        });
        StoreSums(2 * panels.Length);
        Finish();
    }

    private void Begin()
    {
        foreach (var register in s_saved) _code.Push(register);
        _code.Move(Arguments, OperatingSystem.IsWindows() ? Gpr.Rcx : Gpr.Rdi);
    }

    private void BeginTile()
    {
        _code.Load(Right, new(Arguments, Vnni512Arguments.RightAt));
        _code.Load(Segment, new(Arguments, Vnni512Arguments.SegmentsAt));
        _code.Load(Count, new(Arguments, Vnni512Arguments.SegmentCountAt));
    }

    /// <summary>What is done for each word of each segment, of which there are some; Position is the word's distance from the start of a row.</summary>
    private void Words(Action word)
    {
        int segment = _code.Position;
        _code.LoadInt(Position, new(Segment));
        _code.Add(Segment, sizeof(int));
        _code.Move(End, Position);
        _code.Add(End, new At(Arguments, Vnni512Arguments.SegmentBytesAt));
        int next = _code.Position;
        word();
        _code.Add(Position, sizeof(int));
        _code.Compare(Position, End);
        _code.JumpIfLess(next);
        _code.Add(Count, -1);
        _code.JumpIfNotZero(segment);
    }

    private void StoreSums(int count)
    {
        _code.Load(End, new(Arguments, Vnni512Arguments.SumsAt));
        for (int v = 0; v < count; v++) _code.StoreVector(FirstSum + v, new(End, v * VectorBytes));
        _code.Add(End, count * VectorBytes);
    }

    private void Finish()
    {
        for (int i = s_saved.Length - 1; i >= 0; i--) _code.Pop(s_saved[i]);
        _code.ZeroUpper();
        _code.Return();
    }
}
