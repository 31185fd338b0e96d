using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Resize;

/// <summary>
/// One row of pixels of some bytes, each taken from its column of the input row; columns do not fall. Where pixels are small, sixteen bytes of
/// the output come from at most two vectors of the input by tables that are made once.
/// </summary>
internal sealed class NearestRow
{
    private const int Lanes = 16;

    private readonly int[] _columns;
    private readonly int _pixelBytes;
    private readonly int _inputBytes;
    private readonly Block[]? _blocks;
    private readonly bool _needsSecond;

    public NearestRow(int[] columns, int pixelBytes, int inputColumns)
    {
        (_columns, _pixelBytes, _inputBytes) = (columns, pixelBytes, inputColumns * pixelBytes);
        if (pixelBytes >= Lanes || _inputBytes < Lanes || OutputBytes < Lanes) return;
        var blocks = new Block[(OutputBytes + Lanes - 1) / Lanes];
        for (int n = 0; n < blocks.Length; n++)
        {
            // The last block ends with the row.
            blocks[n] = Make(Math.Min(n * Lanes, OutputBytes - Lanes), out bool fits, out bool needsSecond);
            if (!fits) return;
            _needsSecond |= needsSecond;
        }
        _blocks = blocks;
    }

    public int OutputBytes => _columns.Length * _pixelBytes;

    /// <summary>Whether rows go by vectors.</summary>
    public bool HasBlocks => _blocks is not null;

    public void Run(ReadOnlySpan<byte> input, Span<byte> output)
    {
        Lengths.MustMatch(_inputBytes, input.Length);
        Lengths.MustMatch(OutputBytes, output.Length);
        if (_blocks is not null && Isa.Current > VectorWidth.Scalar) RunBlocks(_blocks, input, output);
        else RunPixels(input, output);
    }

    // In bounds: a vector from the places that Make chose ends within the rows, whose lengths were checked.
    [MethodImpl(Jit.Loop)]
    private void RunBlocks(Block[] blocks, ReadOnlySpan<byte> input, Span<byte> output)
    {
        ref byte from = ref MemoryMarshal.GetReference(input), to = ref MemoryMarshal.GetReference(output);
        if (_needsSecond)
        {
            foreach (ref readonly var block in blocks.AsSpan())
            {
                var low = ByteTable128.Pick(V128<byte>.Load(ref from, (nuint)block.First), block.Low);
                V128<byte>.Store(low | ByteTable128.Pick(V128<byte>.Load(ref from, (nuint)block.Second), block.High), ref to, (nuint)block.Output);
            }
            return;
        }
        foreach (ref readonly var block in blocks.AsSpan())
            V128<byte>.Store(ByteTable128.Pick(V128<byte>.Load(ref from, (nuint)block.First), block.Low), ref to, (nuint)block.Output);
    }

    /// <summary>Pixel by pixel.</summary>
    public void RunPixels(ReadOnlySpan<byte> input, Span<byte> output)
    {
        switch (_pixelBytes)
        {
            case 1: Elements<byte>(input, output); break;
            case 2: Elements<ushort>(input, output); break;
            case 4: Elements<uint>(input, output); break;
            case 8: Elements<ulong>(input, output); break;
            default:
                for (int x = 0; x < _columns.Length; x++) input.Slice(_columns[x] * _pixelBytes, _pixelBytes).CopyTo(output[(x * _pixelBytes)..]);
                break;
        }
    }

    private void Elements<T>(ReadOnlySpan<byte> input, Span<byte> output) where T : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, T>(input);
        var to = MemoryMarshal.Cast<byte, T>(output);
        for (int x = 0; x < to.Length; x++) to[x] = from[_columns[x]];
    }

    private Block Make(int output, out bool fits, out bool needsSecond)
    {
        Span<byte> low = stackalloc byte[Lanes], high = stackalloc byte[Lanes];
        low.Fill(0x80);
        high.Fill(0x80);
        int first = Math.Min(_columns[output / _pixelBytes] * _pixelBytes, _inputBytes - Lanes), second = -1;
        fits = true;
        for (int i = 0; i < Lanes; i++)
        {
            int source = Source(output + i);
            if (source < first + Lanes)
            {
                low[i] = (byte)(source - first);
                continue;
            }
            if (second < 0) second = Math.Min(source / _pixelBytes * _pixelBytes, _inputBytes - Lanes);
            fits &= source < second + Lanes;
            if (fits) high[i] = (byte)(source - second);
        }
        needsSecond = second >= 0;
        return new(output, first, Math.Max(second, 0), V128<byte>.Load(ref low[0], 0), V128<byte>.Load(ref high[0], 0));
    }

    private int Source(int output) => (_columns[output / _pixelBytes] * _pixelBytes) + (output % _pixelBytes);

    private readonly record struct Block(int Output, int First, int Second, V128<byte> Low, V128<byte> High);
}
