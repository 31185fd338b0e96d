using Graft.Graphs;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>An operator as the file states it, for <see cref="IOp{TSelf}.Read"/>.</summary>
internal readonly ref struct OperatorDef(OperatorView view, ReadOnlySpan<byte> customOptions, OpId id, int version,
    ReadOnlySpan<int> inputs, ReadOnlySpan<int> outputs, ReadOnlySpan<TensorInfo> tensors)
{
    private readonly OperatorView _view = view;
    private readonly ReadOnlySpan<TensorInfo> _tensors = tensors;

    public OpId Id { get; } = id;

    public int Version { get; } = version;

    public ReadOnlySpan<int> Inputs { get; } = inputs;

    public ReadOnlySpan<int> Outputs { get; } = outputs;

    /// <summary>The bytes of a custom operator's options, often a FlexBuffer.</summary>
    public ReadOnlySpan<byte> CustomOptions { get; } = customOptions;

    /// <summary>The options table of the first union; all defaults when the file has none.</summary>
    public TView Options<TView>() where TView : IUnionMember<TView>, allows ref struct => _view.Options<TView>();

    /// <summary>The options table of the second union, where newer operators keep theirs.</summary>
    public TView Options2<TView>() where TView : IUnionMember<TView>, allows ref struct => _view.Options2<TView>();

    /// <summary>The tensor of an input; null when it is absent.</summary>
    public TensorInfo? Input(int i) => i < Inputs.Length && Inputs[i] >= 0 ? _tensors[Inputs[i]] : null;

    public TensorInfo Output(int i) => _tensors[Outputs[i]];
}
