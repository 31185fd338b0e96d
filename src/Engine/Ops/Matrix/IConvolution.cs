namespace Graft.Ops.Matrix;

/// <summary>A two-dimensional convolution: adapters and passes need to know its attributes.</summary>
internal interface IConvolution
{
    ConvAttributes Attributes { get; }

    /// <summary>The same convolution with other attributes.</summary>
    IOp With(ConvAttributes attributes);
}
