using System.Numerics;
using Graft.Kernels.Reduce;
using Graft.Ops.Pointwise;
using Graft.Runtime;

namespace Graft.Ops.Reducing;

/// <summary>An operator that finds the index of an extreme value along the one axis in input 1.</summary>
internal abstract class ArgOp(bool findsMaximum) : IOp
{
    protected const string Types = $"{NumberTypes.All}|bool i32|i64 -> i32|i64";

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank >= 1, "a scalar has no axis to search");
        c.Require(c.Shape(1).ElementCount == 1, $"the axis must be one number, it has shape {c.Shape(1)}");
        if (!c.TryIntegers(1, out int[]? axes)) return;
        int axis = c.Axis(axes[0], shape.Rank);
        c.Require(shape[axis] > 0, $"axis {axis} of {shape} is empty");
        int[] result = [.. shape.Dimensions[..axis], .. shape.Dimensions[(axis + 1)..]];
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var action = new Choice(c, findsMaximum);
        return NumberTypes.Dispatch<Choice, IStep>(c.Type(0), ref action);
    }

    private readonly struct Choice(PrepareContext c, bool findsMaximum) : INumberAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            c.Output(0).Type == DType.Int32 ? new Step<T, int>(c, findsMaximum) : new Step<T, long>(c, findsMaximum);
    }

    private sealed class Step<T, TIndex> : ParallelStep
        where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        private readonly Operand _input, _output;
        private readonly int _outer, _length, _inner;
        private readonly bool _findsMaximum;

        public Step(in PrepareContext c, bool findsMaximum)
        {
            (_input, _output, _findsMaximum) = (c.In(0), c.Out(0), findsMaximum);
            var shape = c.Shape(0);
            int axis = c.Integers(1)[0];
            if (axis < 0) axis += shape.Rank;
            (_outer, _length, _inner) = ((int)shape.Product(0, axis), shape[axis], (int)shape.Product(axis + 1, shape.Rank));
        }

        public override int Units => _outer;

        public override long UnitCost => (long)_length * _inner * (ArgExtreme.HasLanes<T>(_length, _inner) ? Cost.Vector : Cost.Scalar) / Cost.Unit;

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            var input = c.Read<T>(_input).Slice(begin * _length * _inner, (end - begin) * _length * _inner);
            var output = c.Write<TIndex>(_output).Slice(begin * _inner, (end - begin) * _inner);
            if (_findsMaximum) ArgExtreme.Maximum(input, end - begin, _length, _inner, output);
            else ArgExtreme.Minimum(input, end - begin, _length, _inner, output);
        }
    }
}
