using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Graft.Conformance.Comparing;
using Graft.Conformance.Rules;
using Graft.Conformance.Running;

namespace Graft.Conformance.Tests;

/// <summary>A tensor as a stand-in for the engine gives it.</summary>
internal sealed record FakeTensor(DType Type, Shape Shape, byte[] Bytes, Quantization? Quantization = null)
{
    public static FakeTensor Of<T>(DType type, T[] values, Quantization? quantization = null) where T : unmanaged =>
        new(type, new Shape(values.Length), MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), quantization);

    public static Quantization Scale(float scale, long zeroPoint) =>
        new(ImmutableArray.Create(scale), ImmutableArray.Create(zeroPoint), 0);
}

/// <summary>A model whose outputs are given: the comparison is tested with it, not the engine.</summary>
internal sealed class FakeModel(ModelFacts facts, params FakeTensor[] outputs) : IModelRunner, IEntryPoint
{
    /// <summary>What was called, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Called by Invoke.</summary>
    public Action<CancellationToken> OnInvoke { get; init; } = _ => { };

    /// <summary>Types and declared shapes of the inputs.</summary>
    public (DType Type, Shape Shape)[] Inputs { get; init; } = [];

    public ModelFacts Facts { get; } = facts;

    public int InputCount => Inputs.Length;

    public int OutputCount => outputs.Length;

    /// <summary>One operator of a class, without any peculiarity.</summary>
    public static ModelFacts One(OperatorClass kind) => new()
    {
        Class = kind,
        IsWhole = false,
        IsHybrid = false,
        LeastMagnitude = 0,
        ClampsInfinity = false,
        TrustsXnnpack = true,
        IsUnseeded = false,
    };

    public IEntryPoint Select(string? signature)
    {
        if (signature is not null) Calls.Add($"select {signature}");
        return this;
    }

    public void ResetVariables() => Calls.Add("reset");

    public Shape InputShape(int input) => Inputs[input].Shape;

    public DType InputType(int input) => Inputs[input].Type;

    public void Resize(int input, Shape shape, bool isStrict)
    {
        Inputs[input].Shape = shape;
        Calls.Add($"resize {input} {shape}{(isStrict ? " strict" : "")}");
    }

    public void SetInput(int input, DType type, ReadOnlySpan<byte> bytes) =>
        Calls.Add($"set {input} {type.Name()} {bytes.Length}");

    public void ClearInput(int input) => Calls.Add($"clear {input}");

    public void Invoke(CancellationToken cancellation)
    {
        Calls.Add("invoke");
        OnInvoke(cancellation);
    }

    public Actual Output(int output) =>
        new(outputs[output].Type, outputs[output].Shape, outputs[output].Quantization, outputs[output].Bytes);

    public void Dispose() => Calls.Add("dispose");
}
