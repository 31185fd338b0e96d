using Graft.Ops.Landmarks;
using Graft.Runtime;

namespace Graft.Ops;

/// <summary>
/// The custom operator TransformLandmarks: x and y of each landmark (1, n, 2 or 3) by the first two rows of the matrix in input 1, as points
/// with z = 0; z itself stays.
/// </summary>
internal sealed class TransformLandmarks : IOp<TransformLandmarks>
{
    public static OpSignature Signature => new("TransformLandmarks", "f32 f32 -> f32");

    public static TransformLandmarks Read(in OperatorDef def)
    {
        SecondVersion.Require(def);
        return new();
    }

    public void Infer(in InferContext c)
    {
        Shape landmarks = c.Shape(0), matrix = c.Shape(1);
        c.Require(landmarks.Rank == 3 && landmarks[0] == 1 && landmarks[2] is 2 or 3, $"landmarks have shape {landmarks}; [1,n,2] or [1,n,3] is expected");
        c.Require(matrix.ElementCount == 16, $"the matrix has shape {matrix}; [1,4,4] is expected");
        c.SetOutput(0, landmarks);
    }

    public IStep Prepare(in PrepareContext c) => new Step(c);

    private sealed class Step(in PrepareContext c) : IStep
    {
        private readonly Operand _landmarks = c.In(0), _matrix = c.In(1), _output = c.Out(0);
        private readonly int _stride = c.Shape(0)[2];

        public void Run(in RunContext c)
        {
            var from = c.Read<float>(_landmarks);
            var m = c.Read<float>(_matrix);
            var to = c.Write<float>(_output);
            for (int i = 0; i < from.Length; i += _stride)
            {
                float x = from[i], y = from[i + 1];
                to[i] = m[0] * x + m[1] * y + m[3];
                to[i + 1] = m[4] * x + m[5] * y + m[7];
                if (_stride == 3) to[i + 2] = from[i + 2];
            }
        }
    }
}
