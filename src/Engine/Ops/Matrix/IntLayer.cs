using Graft.Kernels.Conv;
using Graft.Kernels.Gemm;

namespace Graft.Ops.Matrix;

/// <summary>
/// How an integer convolution or fully connected layer becomes a product: the sizes of that, in which a few output pixels may be one row, and the bands
/// that hold the left factors, or null where these are gathered; and the multiply-adds that were asked for.
/// </summary>
internal sealed record IntLayer(ConvGeometry Geometry, IntWindow? Window, long Products = 0)
{
    /// <summary>Rows of a block with a band: two times what a product takes at once.</summary>
    private const int BandRows = 2 * GemmInt.BlockRows;

    /// <summary>Output pixels in one row of the product.</summary>
    public int Pixels => Window?.Pixels ?? 1;

    /// <summary>Whether the input itself, element by element, is the left matrix of the kernel.</summary>
    public bool RowsAreFactors(GemmInt kernel) => Window is null && Geometry.IsPointwise && Geometry.K % kernel.Group == 0;

    /// <param name="c">The node.</param>
    /// <param name="geometry">Its sizes.</param>
    /// <param name="kernel">What multiplies.</param>
    /// <param name="mayJoin">Whether outputs may come as rows of several pixels.</param>
    public static IntLayer Plan(in PrepareContext c, in ConvGeometry geometry, GemmInt kernel, bool mayJoin)
    {
        bool isConstant = c.TryConstant(1, out _);
        var window = IntWindow.Plan(geometry, kernel, BandRows, isConstant, isConstant && mayJoin);
        return new(window?.Joined ?? geometry, window, (long)geometry.Rows * geometry.K * geometry.OutputChannels);
    }
}
