using Graft.Kernels.Pool;
using Graft.Kernels.Reference;
using Graft.Ops.Pooling;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>AVERAGE_POOL_2D: the mean of the window's elements that lie in the image; integers round half away from zero.</summary>
internal sealed class AveragePool2D(Pool2D pool) : IOp<AveragePool2D>
{
    public static OpSignature Signature => new(BuiltinOperator.AveragePool2D, 3, "f32|f16|i8|u8|i16 -> =0");

    public static AveragePool2D Read(in OperatorDef def) => new(Pool2D.Read(def));

    public void Infer(in InferContext c) => pool.Infer(c);

    public IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Float32 => pool.Float<MeanPool<ArithmeticMean>, NaivePool<NaiveMean<float>, float, float>, float>(c),
        DType.Float16 => pool.Float<NaivePool<NaiveMean<Half>, float, Half>, NaivePool<NaiveMean<Half>, float, Half>, Half>(c),
        DType.Int8 => Quantized<sbyte>(c),
        DType.Int16 => Quantized<short>(c),
        _ => Quantized<byte>(c),
    };

    private IStep Quantized<T>(in PrepareContext c) where T : unmanaged, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T> =>
        pool.Quantized<IntegerAveragePool<T>, NaivePool<NaiveIntegerMean<T>, int, T>, T>(c);
}
