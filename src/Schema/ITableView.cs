namespace Graft.Schema;

/// <summary>A typed view of a <see cref="Table"/>.</summary>
internal interface ITableView<TSelf> where TSelf : ITableView<TSelf>, allows ref struct
{
    public static abstract TSelf Wrap(Table table);
}
