namespace Graft.Schema;

/// <summary>How a field is stored.</summary>
internal enum FieldForm : byte
{
    /// <summary>No longer in use: never read.</summary>
    Removed,

    /// <summary>In the table itself; the argument is the size in bytes.</summary>
    Scalar,

    /// <summary>A vector or string; the argument is the size of an element.</summary>
    Vector,

    /// <summary>A vector of bytes that are 0 or 1.</summary>
    BooleanVector,

    /// <summary>A table; the argument is its index.</summary>
    Table,

    /// <summary>A vector of tables; the argument is their index.</summary>
    TableVector,

    /// <summary>A table chosen by the tag in the slot before; the argument is the union's index.</summary>
    Union,
}

internal readonly record struct FieldLayout(string Name, FieldForm Form, int Argument);

internal readonly record struct TableLayout(string Name, FieldLayout[] Fields);

/// <summary>All that <see cref="Verifier"/> needs to know of a file format.</summary>
/// <param name="Name">What such a file is called, for messages.</param>
/// <param name="Identifier">Its file identifier.</param>
/// <param name="Root">The index of the root table.</param>
internal sealed record FormatLayout(string Name, string Identifier, int Root, TableLayout[] Tables, int[][] Unions)
{
    /// <summary>A model.</summary>
    public static FormatLayout Model { get; } =
        new(".tflite file", SchemaLayout.Identifier, SchemaLayout.Root, SchemaLayout.Tables, SchemaLayout.Unions);
}
