using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;

namespace Graft.Ops.Matrix;

/// <summary>
/// How an integer convolution or fully connected layer becomes a product: the sizes of that, in which a few output pixels may be one row, and the bands
/// that hold the left factors, or null where these are gathered; the rows of a block that are multiplied at once; and the multiply-adds that were asked for.
/// </summary>
internal sealed record IntLayer(ConvGeometry Geometry, IntWindow? Window, int BlockRows, long Products = 0)
{
    /// <summary>Blocks for each worker, so that all are done at about the same time, and rows of a block that has not as many.</summary>
    private const int BlocksPerWorker = 4, BlockRowsMin = 48;

    /// <summary>Output pixels in one row of the product.</summary>
    public int Pixels => Window?.Pixels ?? 1;

    /// <summary>Whether the input itself, element by element, is the left matrix of the kernel.</summary>
    public bool RowsAreFactors(GemmInt kernel) => Window is null && Geometry.IsPointwise && Geometry.K % kernel.Group == 0;

    /// <summary>What plain loops compute.</summary>
    public static IntLayer Plain(in ConvGeometry geometry) => new(geometry, null, GemmInt.BlockRows);

    /// <param name="c">The node.</param>
    /// <param name="geometry">Its sizes.</param>
    /// <param name="kernel">What multiplies.</param>
    /// <param name="mayJoin">Whether outputs may come as rows of several pixels.</param>
    public static IntLayer Plan(in PrepareContext c, in ConvGeometry geometry, GemmInt kernel, bool mayJoin)
    {
        bool isConstant = c.TryConstant(1, out _);
        // Sums are exact, so that blocks may depend on the number of workers.
        int rows = c.Workers == 1 ? GemmInt.BlockRows : Math.Clamp(geometry.Rows / (BlocksPerWorker * c.Workers), BlockRowsMin, GemmInt.BlockRows);
        // A block with a band is twice what a product takes at once.
        var window = IntWindow.Plan(geometry, kernel, 2 * rows, isConstant, isConstant && mayJoin);
        return new(window?.Joined ?? geometry, window, rows, (long)geometry.Rows * geometry.K * geometry.OutputChannels);
    }
}
