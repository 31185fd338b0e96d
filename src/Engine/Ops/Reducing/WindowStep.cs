using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Reduce;
using Graft.Kernels.Reference;
using Graft.Ops.Pointwise;
using Graft.Runtime;

namespace Graft.Ops.Reducing;

/// <summary>
/// Steps that reduce the windows of input 0, from the initial value in input 1. Booleans are bytes: their sum is how many are true, as in the
/// reference.
/// </summary>
internal static class WindowSteps
{
    public const string Types = "bool|i8|u8|i16|u16|i32|u32|i64|u64|f32|f64";

    public static void RequireInit(in InferContext c) =>
        c.Require(c.Shape(1).ElementCount == 1, $"the initial value must be one element; it has shape {c.Shape(1)}");

    public static IStep For(in PrepareContext c, WindowAxis[] axes, BodyFunction function)
    {
        var make = new Make { Context = c, Axes = axes, Function = function };
        return NumberTypes.Dispatch<Make, IStep>(c.Type(0), ref make);
    }

    private struct Make : INumberAction<IStep>
    {
        public PrepareContext Context;
        public WindowAxis[] Axes;
        public BodyFunction Function;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => Function switch
        {
            BodyFunction.Add => Of<AddFn<T>, NaiveSum<T>, T>(),
            BodyFunction.Multiply => Of<MulFn<T>, NaiveProduct<T>, T>(),
            BodyFunction.Minimum => Of<NotLargerFn<T>, NaiveNotLarger<T>, T>(),
            BodyFunction.Maximum => Of<NotSmallerFn<T>, NaiveNotSmaller<T>, T>(),
            BodyFunction.And => Of<BothFn<T>, NaiveBoth<T>, T>(),
            _ => Of<EitherFn<T>, NaiveEither<T>, T>(),
        };

        private readonly IStep Of<TFast, TNaive, T>()
            where TFast : struct, IBinaryFn<T>
            where TNaive : struct, INaiveFunction<T>
            where T : unmanaged, IBinaryNumber<T> =>
            Context.Kernels == KernelSet.Reference ? new NaiveStep<TNaive, T>(Context, Axes) : new WindowStep<TFast, T>(Context, Axes);
    }

    private sealed class NaiveStep<TFn, T>(in PrepareContext c, WindowAxis[] axes) : IStep
        where TFn : struct, INaiveFunction<T>
        where T : unmanaged
    {
        private readonly Operand _input = c.In(0), _init = c.In(1), _output = c.Out(0);

        public void Run(in RunContext c) => NaiveWindow.Run<TFn, T>(axes, c.Read<T>(_init)[0], c.Read<T>(_input), c.Write<T>(_output));
    }
}

/// <summary>A windowed reduction; a unit is a row of the output along its last axis.</summary>
internal sealed class WindowStep<TFn, T> : ParallelStep
    where TFn : struct, IBinaryFn<T>
    where T : unmanaged, IBinaryNumber<T>
{
    private readonly Operand _input, _init, _output;
    private readonly WindowAxis[] _axes;

    public WindowStep(in PrepareContext c, WindowAxis[] axes)
    {
        (_input, _init, _output, _axes) = (c.In(0), c.In(1), c.Out(0), axes);
        long rows = 1, positions = 1;
        foreach (var axis in axes.AsSpan()[..^1]) rows *= axis.Output;
        foreach (var axis in axes) positions = Math.Min(positions * axis.Window, int.MaxValue);
        Units = axes[^1].Output == 0 ? 0 : (int)rows;
        UnitCost = positions * axes[^1].Output * Cost.Vector / Cost.Unit;
    }

    public override int Units { get; }

    public override long UnitCost { get; }

    public override void RunRange(in RunContext c, int begin, int end, int worker) =>
        WindowReduce.Rows<TFn, T>(_axes, c.Read<T>(_init)[0], c.Read<T>(_input), c.Write<T>(_output), begin, end);
}
