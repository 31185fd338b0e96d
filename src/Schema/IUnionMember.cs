namespace Graft.Schema;

/// <summary>A view of a table that is a member of a union, and by which tag.</summary>
internal interface IUnionMember<TSelf> : ITableView<TSelf> where TSelf : IUnionMember<TSelf>, allows ref struct
{
    public static abstract string Union { get; }

    public static abstract byte Tag { get; }

    public static abstract string SchemaName { get; }
}
