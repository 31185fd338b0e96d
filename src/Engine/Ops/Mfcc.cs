using Graft.Errors;
using Graft.Kernels.Audio;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// The custom operator Mfcc: mel-frequency cepstral coefficients of squared-magnitude spectra (channels, windows, bins) at the sample rate
/// in input 1.
/// </summary>
internal sealed class Mfcc(int lowest, int highest, int bands, int coefficients) : IOp<Mfcc>
{
    private const int BandsMax = 1 << 12;

    public static OpSignature Signature => new("Mfcc", "f32 i32 -> f32");

    private int BandCount => bands;

    private int CoefficientCount => coefficients;

    public static Mfcc Read(in OperatorDef def)
    {
        var map = FlexBuffer.Root(def.CustomOptions);
        int highest = map["upper_frequency_limit"].Int32(), lowest = map["lower_frequency_limit"].Int32();
        int bands = map["filterbank_channel_count"].Int32(), count = map["dct_coefficient_count"].Int32();
        if (lowest < 0 || highest <= lowest) throw new UnsupportedOptionException($"frequencies from {lowest} to {highest} are no range");
        if (bands is < 1 or > BandsMax) throw new UnsupportedOptionException($"filterbank_channel_count is {bands}; 1 to {BandsMax} is supported");
        if (count < 1 || count > bands) throw new UnsupportedOptionException($"dct_coefficient_count is {count}; 1 to {bands}, the number of bands, is supported");
        return new(lowest, highest, bands, count);
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank == 3 && shape[2] >= 2, $"the spectra have shape {shape}; [channels,windows,bins] is expected");
        c.Require(c.Shape(1).ElementCount == 1, $"the sample rate has shape {c.Shape(1)}; one element is expected");
        c.SetOutput(0, shape[0], shape[1], coefficients);
    }

    public IStep Prepare(in PrepareContext c)
    {
        int bins = c.Shape(0)[2];
        CepstralCoefficients? known = null;
        if (c.TryConstant(1, out var rate) && (known = Table(bins, rate.As<int>()[0])) is null) c.Fail(Problem(bins, rate.As<int>()[0]));
        return new Step(this, c.In(0), c.In(1), c.Out(0), bins, c.ScratchShared(bands * sizeof(double)), known);
    }

    /// <summary>Null when the spectra do not reach the highest frequency.</summary>
    private CepstralCoefficients? Table(int bins, int sampleRate)
    {
        if (sampleRate <= 0) return null;
        var filters = new MelFilterbank(bins, sampleRate, bands, lowest, highest);
        return filters.Covers ? new(filters, coefficients) : null;
    }

    private string Problem(int bins, int sampleRate) => $"{bins} bins at a sample rate of {sampleRate} do not reach {highest} Hz";

    /// <summary>Makes its tables again with every run when the sample rate is no constant.</summary>
    private sealed class Step(Mfcc op, Operand input, Operand rate, Operand output, int bins, Scratch area, CepstralCoefficients? known) : IStep
    {
        public void Run(in RunContext c)
        {
            var table = known ?? op.Table(bins, c.Read<int>(rate)[0]);
            if (table is null) StepFault.Raise(op.Problem(bins, c.Read<int>(rate)[0]));
            var spectra = c.Read<float>(input);
            var rows = c.Write<float>(output);
            var scratch = c.Scratch<double>(area)[..op.BandCount];
            for (int i = 0; i * bins < spectra.Length; i++)
            {
                table.Compute(spectra.Slice(i * bins, bins), rows.Slice(i * op.CoefficientCount, op.CoefficientCount), scratch);
            }
        }
    }
}
