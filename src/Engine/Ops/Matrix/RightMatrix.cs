using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>The packed right side of a product: made once per model from a constant, or in scratch memory on every run.</summary>
internal sealed class RightMatrix<T> where T : unmanaged
{
    private readonly PackedMatrix<T>? _constant;
    private readonly Scratch _scratch;
    private readonly int _length;

    public RightMatrix(PackedMatrix<T> constant) => _constant = constant;

    /// <param name="scratch">Room for all matrices.</param>
    /// <param name="length">Elements of one packed matrix.</param>
    public RightMatrix(Scratch scratch, int length)
    {
        _scratch = scratch;
        _length = length;
    }

    public Span<T> Get(in RunContext c, int matrix) =>
        _constant is not null ? _constant[matrix] : c.Scratch<T>(_scratch).Slice(matrix * _length, _length);
}
