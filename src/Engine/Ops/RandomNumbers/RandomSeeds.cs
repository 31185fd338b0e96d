using System.Security.Cryptography;
using Graft.Kernels.RandomNumbers;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops.RandomNumbers;

/// <summary>
/// The seeds of a random operator. Each of its nodes has a stream in every interpreter, which goes on from run to run; both seeds zero
/// mean seeds that differ each time.
/// </summary>
internal readonly record struct RandomSeeds(ulong Seed, ulong Seed2)
{
    public static RandomSeeds Read(in OperatorDef def)
    {
        // The reference keeps 32 bits of each seed.
        if (def.Id.CustomName is null)
        {
            var options = def.Options<RandomOptionsView>();
            return new((ulong)(int)options.Seed, (ulong)(int)options.Seed2);
        }
        if (def.CustomOptions.IsEmpty) return default;
        var map = FlexBuffer.Root(def.CustomOptions);
        return new((ulong)(int)map["seed"].Int64(), (ulong)(int)map["seed2"].Int64());
    }

    public Stream For(in PrepareContext c) => new($"{c.Subgraph.Index}:{c.Node.Origin.First}", Start);

    private PhiloxStream Start()
    {
        if (Seed != 0 || Seed2 != 0) return new(Seed, Seed2);
        Span<byte> seed = stackalloc byte[16];
        RandomNumberGenerator.Fill(seed);
        return new(BitConverter.ToUInt64(seed), BitConverter.ToUInt64(seed[8..]));
    }

    /// <summary>Finds a node's stream in an interpreter.</summary>
    internal sealed class Stream(string node, Func<PhiloxStream> start)
    {
        public PhiloxStream Get(in RunContext c)
        {
            var resources = c.Session.Resources;
            return resources.Get<PhiloxStream>(resources.Handle("random", node, start));
        }
    }
}
