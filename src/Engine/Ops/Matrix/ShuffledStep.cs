using Graft.Kernels.Conv;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops.Matrix;

/// <summary>
/// A fully connected layer whose weights are stored in blocks of 4 rows by 16 columns, as signed bytes; zero points are 128. Output 1
/// is the input as signed bytes, for 4 rows in blocks of 16 columns of every row: what the format was made for.
/// </summary>
internal sealed class ShuffledStep(ConvGeometry geometry, Operand input, Operand weights, IIntEpilogue epilogue, Operand workspace) : IStep
{
    private const int BlockRows = 4, BlockColumns = 16, ZeroPoint = 128;

    public static IStep Prepare(in PrepareContext c, in ConvGeometry geometry, ActivationFunctionType activation)
    {
        c.Require(geometry.Rows is 1 or BlockRows, $"shuffled weights take 1 or {BlockRows} rows, not {geometry.Rows}");
        c.Require(geometry.K % BlockColumns == 0 && geometry.OutputChannels % BlockRows == 0,
            $"shuffled weights [{geometry.OutputChannels},{geometry.K}] must divide into blocks of {BlockRows} by {BlockColumns}");
        c.Require(c.Input(0).Quantization?.ZeroPoint == ZeroPoint && c.Input(1).Quantization?.ZeroPoint == ZeroPoint,
            $"shuffled weights and their input need zero point {ZeroPoint}");
        var epilogue = QuantizedEpilogues.For<short>(c, geometry.OutputChannels, geometry.K, activation, Rounding.FixedPoint);
        return new ShuffledStep(geometry, c.In(0), c.In(1), epilogue, c.Out(1));
    }

    public void Run(in RunContext c)
    {
        Shuffle(c);
        var x = c.Read<byte>(input);
        var stored = c.Read<sbyte>(weights);
        Span<long> sums = stackalloc long[BlockRows];
        for (int row = 0; row < geometry.Rows; row++)
        {
            for (int column = 0; column < geometry.OutputChannels; column += BlockRows)
            {
                sums.Clear();
                for (int k = 0; k < geometry.K; k += BlockColumns)
                {
                    var block = stored.Slice(column * geometry.K + k * BlockRows, BlockRows * BlockColumns);
                    var part = x.Slice(row * geometry.K + k, BlockColumns);
                    for (int i = 0; i < block.Length; i++) sums[i / BlockColumns] += block[i] * (part[i % BlockColumns] - ZeroPoint);
                }
                epilogue.WriteRow(c, sums, row, column);
            }
        }
    }

    private void Shuffle(in RunContext c)
    {
        var from = c.Read<byte>(input);
        var to = c.Write<byte>(workspace);
        for (int i = 0; i < to.Length; i++)
        {
            int block = i / BlockColumns, row = block % geometry.Rows, k = block / geometry.Rows * BlockColumns + i % BlockColumns;
            to[i] = (byte)(from[row * geometry.K + k] - ZeroPoint);
        }
    }
}
