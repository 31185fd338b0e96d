namespace Graft.Kernels;

/// <summary>A complex number of two float32, real part first: one element of a complex64 tensor.</summary>
internal readonly record struct Complex64(float Real, float Imaginary)
{
    public static Complex64 operator +(Complex64 a, Complex64 b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

    public static Complex64 operator -(Complex64 a, Complex64 b) => new(a.Real - b.Real, a.Imaginary - b.Imaginary);

    public static Complex64 operator *(Complex64 a, Complex64 b) =>
        new(a.Real * b.Real - a.Imaginary * b.Imaginary, a.Real * b.Imaginary + a.Imaginary * b.Real);
}
