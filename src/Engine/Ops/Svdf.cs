using Graft.Errors;
using Graft.Ops.Recurrent;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SVDF: data (batch, in), feature weights (filters, in), time weights (filters, memory), bias (units), state (batch, filters * memory), where
/// filters = units * rank; output (batch, units).
/// </summary>
internal sealed class Svdf(int rank, ActivationFunctionType activation, bool asymmetric) : IOp<Svdf>, IStateful
{
    public static OpSignature Signature => new(BuiltinOperator.Svdf, 4,
        "f32 f32 f32 f32? f32 -> f32", "f32 i8|u8 i8|u8 f32? f32 -> f32", "i8 i8 i8|i16 i32? i8|i16 -> i8");

    public static Svdf Read(in OperatorDef def)
    {
        var options = def.Options<SVDFOptionsView>();
        if (options.Rank < 1) throw new UnsupportedOptionException($"rank {options.Rank} must be positive");
        if (def.Input(0)?.Type == DType.Int8 && options.FusedActivationFunction != ActivationFunctionType.Relu)
        {
            throw new UnsupportedOptionException($"activation {options.FusedActivationFunction} is not supported in int8 (supported: Relu)");
        }
        return new(options.Rank, CellActivation.Check(options.FusedActivationFunction), options.AsymmetricQuantizeInputs);
    }

    public void Infer(in InferContext c)
    {
        Shape data = c.Shape(SvdfOperands.Data), features = c.Shape(SvdfOperands.FeatureWeights), time = c.Shape(SvdfOperands.TimeWeights);
        c.Require(data.Rank == 2 && features.Rank == 2 && time.Rank == 2, $"data {data} and weights {features}, {time} must be matrices");
        c.Require(features[1] > 0 && features[0] > 0 && time[1] > 0, $"weights {features}, {time} are empty");
        c.Require(data[1] == features[1], $"data {data} do not fit feature weights {features}");
        c.Require(features[0] % rank == 0, $"{features[0]} filters do not divide into rank {rank}");
        c.Require(time[0] == features[0], $"time weights {time} do not fit {features[0]} filters");
        int units = features[0] / rank;
        if (c.HasInput(SvdfOperands.Bias)) LstmShapes.Expect(c, SvdfOperands.Bias, false, units);
        LstmShapes.State(c, SvdfOperands.State, (long)data[0] * features[0] * time[1]);
        c.SetOutput(0, data[0], units);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var first = new List<IStep>();
        IStep step = (c.Type(SvdfOperands.Data), c.Type(SvdfOperands.TimeWeights), c.Type(SvdfOperands.State)) switch
        {
            (DType.Float32, _, _) => new SvdfFloatStep(c, rank, activation, asymmetric, first),
            (_, DType.Int16, DType.Int16) => new SvdfIntStep<short, short>(c, rank, first),
            (_, DType.Int16, _) => new SvdfIntStep<short, sbyte>(c, rank, first),
            (_, _, DType.Int16) => new SvdfIntStep<sbyte, short>(c, rank, first),
            _ => new SvdfIntStep<sbyte, sbyte>(c, rank, first),
        };
        return first.Count == 0 ? step : new Sequence([.. first, step]);
    }
}
