using Google.FlatBuffers;

namespace Graft.Schema;

/// <summary>A table as a mutable object, to build and rewrite models. Null means absent; empty is kept.</summary>
internal interface IRecord<TSelf, TView>
    where TSelf : IRecord<TSelf, TView>
    where TView : ITableView<TView>, allows ref struct
{
    /// <exception cref="ModelFormatException">A string is not UTF-8, or the schema does not know a tag.</exception>
    public static abstract TSelf Read(TView view);

    /// <summary>Writes the parts and then the table; gives the builder's offset of it.</summary>
    public int Write(FlatBufferBuilder builder);
}
