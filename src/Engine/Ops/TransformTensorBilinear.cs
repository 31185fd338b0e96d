using Graft.Errors;
using Graft.Kernels.Resize;
using Graft.Ops.Landmarks;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// The custom operator TransformTensorBilinear: a crop of the image in input 0, each pixel's centre taken through the matrix in input 1 to a
/// place between the pixels of the image; zeros outside their centres.
/// </summary>
internal sealed class TransformTensorBilinear(int height, int width) : IOp<TransformTensorBilinear>
{
    public static OpSignature Signature => new("TransformTensorBilinear", "f32 f32 -> f32");

    public static TransformTensorBilinear Read(in OperatorDef def)
    {
        SecondVersion.Require(def);
        var map = FlexBuffer.Root(def.CustomOptions);
        int height = map["output_height"].Int32(), width = map["output_width"].Int32();
        return height > 0 && width > 0 ? new(height, width) : throw new UnsupportedOptionException($"a crop of {height}x{width} is empty");
    }

    public void Infer(in InferContext c)
    {
        Shape image = c.Shape(0), matrix = c.Shape(1);
        c.Require(image.Rank == 4 && image[0] == 1, $"the image has shape {image}; [1,height,width,channels] is expected");
        c.Require(matrix.ElementCount == 16, $"the matrix has shape {matrix}; [1,4,4] is expected");
        c.SetOutput(0, 1, height, width, image[3]);
    }

    public IStep Prepare(in PrepareContext c) => new Step(c, height, width);

    private sealed class Step(in PrepareContext c, int height, int width) : ParallelStep
    {
        private readonly Operand _image = c.In(0), _matrix = c.In(1), _output = c.Out(0);
        private readonly int _height = c.Shape(0)[1], _width = c.Shape(0)[2], _channels = c.Shape(0)[3];

        public override int Units => height;

        public override long UnitCost => 4L * width * _channels;

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            var m = c.Read<float>(_matrix);
            for (int row = begin; row < end; row++)
            {
                for (int column = 0; column < width; column++)
                {
                    float x = m[0] * (column + 0.5f) + m[1] * (row + 0.5f) + m[3] - 0.5f, y = m[4] * (column + 0.5f) + m[5] * (row + 0.5f) + m[7] - 0.5f;
                    var target = c.Write<float>(_output).Slice((row * width + column) * _channels, _channels);
                    bool isInside = x >= 0 && x <= _width - 1 && y >= 0 && y <= _height - 1;
                    if (isInside) BilinearPixel.Sample(c.Read<float>(_image), _height, _width, _channels, x, y, target);
                    else target.Clear();
                }
            }
        }
    }
}
