using System.Numerics;
using Graft.Errors;
using Graft.Kernels.Fourier;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// The custom operator aeq.hadamard_rotation: the Walsh-Hadamard transform of as many consecutive blocks of <c>hadamard_size</c> as the
/// rows have whole ones. The output keeps its declared shape, as in the reference, when that holds no more elements than the input.
/// </summary>
internal sealed class HadamardRotation(int size) : IOp<HadamardRotation>
{
    public static OpSignature Signature => new("aeq.hadamard_rotation", "f32 -> f32");

    public static HadamardRotation Read(in OperatorDef def)
    {
        int size = FlexBuffer.Root(def.CustomOptions)["hadamard_size"].Int32();
        return size > 0 && BitOperations.IsPow2(size) ? new(size) : throw new UnsupportedOptionException($"hadamard_size is {size}; a power of two is expected");
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank is 2 or 3, $"the input has shape {shape}; two or three dimensions are expected");
        bool isDeclared = c.Output(0).IsShapeFixed && c.Output(0).Shape.ElementCount <= shape.ElementCount;
        c.SetOutput(0, isDeclared ? c.Output(0).Shape : shape);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.Shape(0);
        int blocks = shape[^1] == 0 ? 0 : (int)(shape.ElementCount / shape[^1] * (shape[^1] / size));
        return new Step(c.In(0), c.Out(0), size, blocks, c.ScratchShared(size * sizeof(float)));
    }

    private sealed class Step(Operand input, Operand output, int size, int blocks, Scratch area) : IStep
    {
        public void Run(in RunContext c)
        {
            var from = c.Read<float>(input);
            var to = c.Write<float>(output);
            var block = c.Scratch<float>(area)[..size];
            from[..to.Length].CopyTo(to);
            for (int i = 0; i < blocks && i * size < to.Length; i++)
            {
                from.Slice(i * size, size).CopyTo(block);
                WalshHadamard.Transform(block);
                block[..Math.Min(size, to.Length - i * size)].CopyTo(to[(i * size)..]);
            }
        }
    }
}
