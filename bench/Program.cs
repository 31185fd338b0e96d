using BenchmarkDotNet.Running;
using Graft.Bench;
using Graft.Bench.Adapters;
using Graft.Bench.Compare;
using Graft.Bench.Overhead;
using Graft.Bench.Sweep;
using Graft.Bench.Vectors;

return args switch
{
    ["compare", ..] => CompareVerb.Run(args[1..]),
    [Seat.Verb] => Seat.Serve(Console.In, Console.Out),
    ["adapters", ..] => AdaptersVerb.Run(args[1..], Console.Out),
    ["overhead", ..] => OverheadVerb.Run(Console.Out),
    ["vectors", ..] => VectorsVerb.Run(args[1..], Console.Out),
    ["ulp", ..] => UlpSweep.Run(args[1..]),
    ["sweep", ..] => SweepVerb.Run(args[1..]),
    _ => Kernels(args),
};

static int Kernels(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}
