using Google.FlatBuffers;

namespace Graft.Schema;

/// <summary>Reads and writes vectors of tables as lists of records.</summary>
internal static class RecordList
{
    public static List<TRecord>? Read<TRecord, TView>(TableVector<TView> vector)
        where TRecord : IRecord<TRecord, TView>
        where TView : ITableView<TView>, allows ref struct
    {
        if (!vector.IsPresent)
            return null;
        List<TRecord> records = new(vector.Count);
        foreach (TView view in vector)
            records.Add(TRecord.Read(view));
        return records;
    }

    public static int Write<TRecord, TView>(FlatBufferBuilder builder, List<TRecord>? records)
        where TRecord : IRecord<TRecord, TView>
        where TView : ITableView<TView>, allows ref struct
    {
        if (records is null)
            return 0;
        int[] offsets = [.. records.Select(r => r.Write(builder))];
        builder.StartVector(sizeof(int), offsets.Length, sizeof(int));
        for (int i = offsets.Length - 1; i >= 0; i--)
            builder.AddOffset(offsets[i]);
        return builder.EndVector().Value;
    }
}
