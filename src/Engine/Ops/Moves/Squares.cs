using Graft.Kernels.Move;

namespace Graft.Ops.Moves;

/// <summary>The loops between an image and its form with block x block squares as channels.</summary>
internal static class Squares
{
    /// <summary>From the image [batch,height,width,channels] to the other; swapped, the way back.</summary>
    public static CopyAxis[] Axes(Shape image, int block)
    {
        int rows = image[1] / block, columns = image[2] / block, depth = image[3];
        long row = (long)image[2] * depth, square = (long)block * block * depth;
        return
        [
            new(image[0], image[1] * row, rows * columns * square),
            new(rows, block * row, columns * square),
            new(columns, (long)block * depth, square),
            new(block, row, (long)block * depth),
            new(block, depth, depth),
            new(depth, 1, 1),
        ];
    }
}
