using System.Diagnostics;
using Google.FlatBuffers;

namespace Graft.Schema.Tests;

public sealed class SharingTests
{
    private const int References = 2000;

    [Fact]
    public void One_table_may_be_referred_to_many_times()
    {
        byte[] bytes = Model(b => Repeat(b, new SubGraphRecord().Write(b), References));
        Verifier.Verify(bytes);
        Assert.Equal(References, ModelView.Root(bytes).Subgraphs.Count);
    }

    [Fact]
    public void Shared_tables_that_share_are_refused_at_once()
    {
        byte[] bytes = Model(b =>
        {
            int tensors = Repeat(b, new TensorRecord { Shape = [1] }.Write(b), References);
            b.StartTable(1);
            b.AddOffset(0, tensors, 0);
            return Repeat(b, b.EndTable(), References);
        });
        long start = Stopwatch.GetTimestamp();
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Verifier.Verify(bytes));
        Assert.Contains("shared too often", e.Message);
        Assert.StartsWith("subgraphs[", e.Field);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_shared_vector_may_not_multiply_the_file()
    {
        byte[] bytes = Model(b => 0, b =>
        {
            int data = ScalarVector.Write(b, new byte[1 << 16], 16);
            int[] buffers = new int[Verifier.SharingMax + 1];
            for (int i = 0; i < buffers.Length; i++)
            {
                b.StartTable(1);
                b.AddOffset(0, data, 0);
                buffers[i] = b.EndTable();
            }

            return Vector(b, buffers);
        });
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Verifier.Verify(bytes));
        Assert.Equal($"buffers[{Verifier.SharingMax}].data", e.Field);
        Assert.Contains("shared too often", e.Message);
    }

    private static byte[] Model(Func<FlatBufferBuilder, int> subgraphs, Func<FlatBufferBuilder, int>? buffers = null)
    {
        FlatBufferBuilder builder = new(1 << 10);
        int atSubgraphs = subgraphs(builder);
        int atBuffers = buffers?.Invoke(builder) ?? 0;
        builder.StartTable(5);
        builder.AddUint(0, SchemaLayout.Version, 0);
        builder.AddOffset(2, atSubgraphs, 0);
        builder.AddOffset(4, atBuffers, 0);
        builder.Finish(builder.EndTable(), SchemaLayout.Identifier);
        return builder.SizedByteArray();
    }

    private static int Repeat(FlatBufferBuilder builder, int table, int count) =>
        Vector(builder, [.. Enumerable.Repeat(table, count)]);

    private static int Vector(FlatBufferBuilder builder, int[] tables)
    {
        builder.StartVector(4, tables.Length, 4);
        foreach (int table in tables.Reverse())
            builder.AddOffset(table);
        return builder.EndVector().Value;
    }
}
