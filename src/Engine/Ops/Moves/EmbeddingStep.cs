using System.Numerics;
using Graft.Kernels.Embedding;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>
/// A quantised table and the rows wanted of it. Scales: one, one for each row, or one for each block of each row.
/// </summary>
internal sealed record EmbeddingRows(Operand Indices, Operand Table, Operand Output, int Count, int TableRows,
    int RowLength, int Block, int Bits, float[] Scales);

/// <summary>Looks up rows and dequantises them; a unit is one row. It begins at a byte, as in the reference, also where packed rows before it end within one.</summary>
internal sealed class EmbeddingStep<T>(EmbeddingRows rows) : ParallelStep where T : unmanaged, INumberBase<T>
{
    public override int Units => rows.Count;

    public override long UnitCost => rows.RowLength;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var indices = c.Read<int>(rows.Indices);
        var table = c.Read<byte>(rows.Table);
        var output = c.Write<T>(rows.Output);
        int blocks = rows.Block == 0 ? 0 : rows.RowLength / rows.Block;
        for (int i = begin; i < end; i++)
        {
            int row = indices[i];
            if ((uint)row >= (uint)rows.TableRows)
            {
                StepFault.Raise($"index {i} is {row}, outside [0, {rows.TableRows})");
            }
            long start = (long)row * rows.RowLength * rows.Bits / 8 * 8 / rows.Bits;
            for (int b = 0; b < blocks; b++)
            {
                int scale = rows.Scales.Length == 1 ? 0 : row * blocks + b;
                var to = output.Slice(i * rows.RowLength + b * rows.Block, rows.Block);
                DequantizeRow.Run(table, rows.Bits, start + (long)b * rows.Block, rows.Scales[scale], to);
            }
        }
    }
}
