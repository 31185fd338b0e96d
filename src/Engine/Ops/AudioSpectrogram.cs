using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Errors;
using Graft.Kernels.Audio;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// The custom operator AudioSpectrogram: (samples, channels) to (channels, windows, bins), magnitudes or their squares of Hann windows of
/// <c>window_size</c> samples every <c>stride</c> samples.
/// </summary>
internal sealed class AudioSpectrogram(int window, int stride, bool isSquared) : IOp<AudioSpectrogram>
{
    private const int WindowMax = 1 << 24;

    public static OpSignature Signature => new("AudioSpectrogram", "f32 -> f32");

    public static AudioSpectrogram Read(in OperatorDef def)
    {
        var map = FlexBuffer.Root(def.CustomOptions);
        int window = map["window_size"].Int32(), stride = map["stride"].Int32();
        if (window is < 2 or > WindowMax) throw new UnsupportedOptionException($"window_size is {window}; 2 to {WindowMax} is supported");
        if (stride < 1) throw new UnsupportedOptionException($"stride is {stride}; it must be positive");
        return new(window, stride, map["magnitude_squared"].Boolean());
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank == 2, $"the input has shape {shape}; [samples,channels] is expected");
        int windows = shape[0] < window ? 0 : 1 + (shape[0] - window) / stride;
        c.SetOutput(0, shape[1], windows, (int)BitOperations.RoundUpToPowerOf2((uint)window) / 2 + 1);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var spectrogram = new Spectrogram(window);
        var scratch = c.ScratchShared((long)spectrogram.SpectrumLength * Unsafe.SizeOf<Complex>());
        return new Step(spectrogram, c.In(0), c.Out(0), c.OutputShape(0), stride, isSquared, scratch);
    }

    private sealed class Step(Spectrogram spectrogram, Operand input, Operand output, Shape shape, int stride, bool isSquared, Scratch area) : IStep
    {
        public void Run(in RunContext c)
        {
            var samples = c.Read<float>(input);
            var rows = c.Write<float>(output);
            int channels = shape[0], windows = shape[1], bins = shape[2];
            var scratch = c.Scratch<Complex>(area)[..bins];
            for (int row = 0; row < channels * windows; row++)
            {
                var from = samples[(row % windows * stride * channels + row / windows)..];
                spectrogram.Compute(from, channels, isSquared, rows.Slice(row * bins, bins), scratch);
            }
        }
    }
}
