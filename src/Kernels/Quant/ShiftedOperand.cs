using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>
/// An operand of a quantised sum: less its zero point, shifted left, times a factor below one in the two roundings of <see cref="FixedPoint"/>. Operands of
/// few bits take products of 32 bits: mantissa and shift together are high * 2^bits + low.
/// </summary>
internal readonly struct ShiftedOperand
{
    /// <summary>The greatest magnitude of an operand less its zero point, or 0 where it is not known to be small.</summary>
    private readonly int _magnitude;
    private readonly int _zero, _leftShift, _high, _low, _bits;
    private readonly QuantizedMultiplier _factor;

    /// <param name="zeroPoint">What is subtracted.</param>
    /// <param name="leftShift">0 to 30.</param>
    /// <param name="factor">Below one.</param>
    /// <param name="isShort">Operands of 16 bits instead of 8.</param>
    public ShiftedOperand(int zeroPoint, int leftShift, QuantizedMultiplier factor, bool isShort)
    {
        (_zero, _leftShift, _factor) = (zeroPoint, leftShift, factor);
        _bits = 31 - leftShift;
        (_high, _low) = (factor.Mantissa >> _bits, factor.Mantissa & ((1 << _bits) - 1));
        long magnitude = (isShort ? -(long)short.MinValue : byte.MaxValue) + Math.Abs((long)zeroPoint);
        bool fits = factor is { Mantissa: >= 0, RightShift: <= 30 } && magnitude * _high < 1 << 30 && magnitude * _low < 1L << 31;
        _magnitude = fits ? (int)magnitude : 0;
    }

    /// <summary>The greatest magnitude of a result.</summary>
    public long ResultMax => _magnitude == 0 ? 1L << 31 : (long)_magnitude << _leftShift >> _factor.RightShift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public I Apply<TLanes, F, I>(I x)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        I v = x - I.Splat(_zero);
        if (_magnitude == 0) return FixedPointLanes<TLanes, F, I>.MultiplySmallerThanOne(I.ShiftLeft(v, _leftShift), _factor);
        I y = v * I.Splat(_high);
        if (_low != 0) y += I.ShiftRightArithmetic((v * I.Splat(_low)) + I.Splat(1 << (_bits - 1)), _bits);
        int shift = _factor.RightShift;
        if (shift == 0) return y;
        // The sign is 0 or -1: ties of negative numbers go down.
        return I.ShiftRightArithmetic(y + (I.ShiftRightArithmetic(v, 31) + I.Splat(1 << (shift - 1))), shift);
    }
}
