using Graft.Kernels.Move;

namespace Graft.Ops.Moves;

/// <summary>
/// An image [batch, space..., depth] against its blocked form: pixel s along a spatial axis lies at (s + before) /
/// block, in the batch group (s + before) % block. Groups count through the axes, the last one fastest; within a group
/// comes the batch.
/// </summary>
internal sealed class BlockedBatch : IMover
{
    private readonly Shape _image;
    private readonly long[][] _offsets;
    private readonly long _batchStep;
    private readonly int _depthBytes;
    private readonly bool _toImage;
    private readonly StridedCopy? _fill;
    private readonly byte[] _padding;

    private BlockedBatch(DType type, Shape image, Shape blocked, int[] blocks, int[] before, bool toImage,
        byte[]? padding)
    {
        _image = image;
        _toImage = toImage;
        _fill = padding is null ? null : ElementFill.Of(type, blocked.ElementCount);
        _padding = padding ?? [];
        int width = Move.ElementBytes(type);
        _depthBytes = checked(image[^1] * width);
        var strides = Move.Strides(blocked);
        _batchStep = strides[0] * width;
        _offsets = new long[image.Rank - 2][];
        long group = _batchStep * image[0];
        for (int d = _offsets.Length - 1; d >= 0; d--)
        {
            _offsets[d] = new long[image.ElementCount == 0 ? 0 : image[d + 1]];
            for (int s = 0; s < _offsets[d].Length; s++)
            {
                int at = s + before[d];
                _offsets[d][s] = at % blocks[d] * group + at / blocks[d] * strides[d + 1] * width;
            }
            group *= blocks[d];
        }
    }

    /// <summary>
    /// Blocks an image; elements of the target that no pixel reaches become <paramref name="padding"/>, if there are
    /// any.
    /// </summary>
    public static BlockedBatch ToBlocked(DType type, Shape image, Shape blocked, int[] blocks, int[] before,
        byte[] padding) =>
        new(type, image, blocked, blocks, before, false, image.ElementCount == blocked.ElementCount ? null : padding);

    /// <summary>The inverse; pixels cut off before the image are <paramref name="before"/>.</summary>
    public static BlockedBatch ToImage(DType type, Shape image, Shape blocked, int[] blocks, int[] before) =>
        new(type, image, blocked, blocks, before, true, null);

    public int Units => _fill is null ? (int)_image.Product(0, _image.Rank - 2) : 1;

    public long Cost => _image.ElementCount;

    public void Run(in MoveMemory memory, int begin, int end)
    {
        if (begin >= end) return;
        if (_fill is not null)
        {
            _fill.Run(_padding, memory.Target(0));
            (begin, end) = (0, (int)_image.Product(0, _image.Rank - 2));
        }
        if (_image.ElementCount == 0) return;
        var source = memory.Source(0);
        var target = memory.Target(0);
        var columns = _offsets[^1];
        for (int row = begin; row < end; row++)
        {
            long blocked = RowOffset(row);
            int pixel = row * columns.Length * _depthBytes;
            foreach (long column in columns)
            {
                int other = (int)(blocked + column);
                if (_toImage) source.Slice(other, _depthBytes).CopyTo(target[pixel..]);
                else source.Slice(pixel, _depthBytes).CopyTo(target[other..]);
                pixel += _depthBytes;
            }
        }
    }

    private long RowOffset(int row)
    {
        long offset = 0;
        for (int d = _offsets.Length - 2; d >= 0; d--)
        {
            (row, int at) = Math.DivRem(row, _offsets[d].Length);
            offset += _offsets[d][at];
        }
        return offset + row * _batchStep;
    }
}
