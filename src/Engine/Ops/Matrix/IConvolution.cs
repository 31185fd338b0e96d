namespace Graft.Ops.Matrix;

/// <summary>A two-dimensional convolution: adapters need to know its attributes.</summary>
internal interface IConvolution
{
    ConvAttributes Attributes { get; }
}
