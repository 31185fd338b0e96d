using Graft.Kernels.Resize;
using Graft.Runtime;

namespace Graft.Ops;

/// <summary>The custom operator Resampler: for each point (x, y) in input 1, the pixel there of the image in input 0, between its pixels; zeros outside.</summary>
internal sealed class Resampler : IOp<Resampler>
{
    public static OpSignature Signature => new("Resampler", "f32 f32 -> f32");

    public static Resampler Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        Shape images = c.Shape(0), points = c.Shape(1);
        c.Require(images.Rank == 4 && points.Rank == 4 && points[0] == images[0] && points[3] == 2,
            $"images {images} and points {points} must be [batch,height,width,channels] and [batch,rows,columns,2]");
        c.SetOutput(0, images[0], points[1], points[2], images[3]);
    }

    public IStep Prepare(in PrepareContext c) => new Step(c);

    private sealed class Step(in PrepareContext c) : ParallelStep
    {
        private readonly Operand _images = c.In(0), _points = c.In(1), _output = c.Out(0);
        private readonly int _height = c.Shape(0)[1], _width = c.Shape(0)[2], _channels = c.Shape(0)[3], _perImage = c.Shape(1)[1] * c.Shape(1)[2];

        public override int Units { get; } = (int)c.Shape(1).Product(0, 3);

        public override long UnitCost => 4L * _channels;

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            var points = c.Read<float>(_points);
            for (int i = begin; i < end; i++)
            {
                float x = points[2 * i], y = points[(2 * i) + 1];
                var target = c.Write<float>(_output).Slice(i * _channels, _channels);
                bool isNear = x > -1 && x < _width && y > -1 && y < _height;
                if (!isNear) target.Clear();
                else BilinearPixel.Sample(c.Read<float>(_images)[(i / _perImage * _height * _width * _channels)..], _height, _width, _channels, x, y, target);
            }
        }
    }
}
