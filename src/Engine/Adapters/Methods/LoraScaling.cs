using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>Rank and scale of each module, as the configuration and its patterns say.</summary>
internal sealed class LoraScaling(PeftConfig config)
{
    private readonly int _rank = config.Count("r", 8);
    private readonly double _alpha = config.Number("lora_alpha") ?? 8;
    private readonly bool _isStabilised = config.Flag("use_rslora");

    public int Rank(string module) => NamePatterns.First(config, "rank_pattern", module) is { } value ? (int)config.Number("rank_pattern", value) : _rank;

    public float Scale(string module)
    {
        double alpha = NamePatterns.First(config, "alpha_pattern", module) is { } value ? config.Number("alpha_pattern", value) : _alpha;
        int rank = Rank(module);
        config.Ignore("fan_in_fan_out");
        return (float)(alpha / (_isStabilised ? Math.Sqrt(rank) : rank));
    }
}
