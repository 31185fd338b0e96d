using System.Collections.Immutable;
using Graft.Graphs;
using Graft.Ops;

namespace Graft.Loading;

/// <summary>What must hold for a graph to be executable at all: data flows forward, and subgraphs do not call themselves.</summary>
internal static class GraphChecks
{
    public static void Run(Graph graph)
    {
        foreach (var subgraph in graph.Subgraphs)
        {
            CheckFlow(subgraph);
            CheckBlockScales(subgraph);
        }
        CheckCalls(graph);
        foreach (var group in graph.Signatures.GroupBy(s => s.Subgraph)) CheckSignatures(graph.Subgraphs[group.Key], group);
    }

    private static void CheckFlow(Subgraph subgraph)
    {
        var written = new bool[subgraph.Tensors.Length];
        var isFixed = new bool[subgraph.Tensors.Length];
        foreach (int t in subgraph.Inputs) written[t] = isFixed[t] = true;
        for (int t = 0; t < written.Length; t++)
        {
            var info = subgraph.Tensors[t];
            isFixed[t] |= info.Constant.IsPresent;
            written[t] |= info.Constant.IsPresent || info.IsVariable || info.Shape.ElementCount == 0;
        }
        var produced = new bool[subgraph.Tensors.Length];
        foreach (var node in subgraph.Nodes)
        {
            string path = $"subgraphs[{subgraph.Index}].operators[{node.Index}]";
            foreach (int t in node.Inputs)
            {
                if (t >= 0 && !written[t]) throw new ModelFormatException($"{path}.inputs", 0, $"{Errors.Throw.Describe(subgraph, node)} reads tensor {t}, which nothing before it writes");
            }
            foreach (int t in node.Outputs)
            {
                if (t < 0) continue;
                if (isFixed[t] || produced[t])
                {
                    throw new ModelFormatException($"{path}.outputs", 0, $"{Errors.Throw.Describe(subgraph, node)} writes tensor {t}, which is {(isFixed[t] ? "a constant or an input" : "written before")}");
                }
                written[t] = produced[t] = true;
            }
        }
        foreach (int t in subgraph.Outputs)
        {
            if (!written[t]) throw new ModelFormatException($"subgraphs[{subgraph.Index}].outputs", 0, $"tensor {t} is an output, but nothing writes it");
        }
    }

    private static void CheckBlockScales(Subgraph subgraph)
    {
        for (int t = 0; t < subgraph.Tensors.Length; t++)
        {
            if (subgraph.Tensors[t].Quantization is not { BlockSize: > 0, BlockScales: var scales }) continue;
            if ((uint)scales >= (uint)subgraph.Tensors.Length || !subgraph.Tensors[scales].Constant.IsPresent)
            {
                throw new ModelFormatException($"subgraphs[{subgraph.Index}].tensors[{t}].quantization.scales", 0, $"tensor {scales}, which should hold the blocks' scales, does not exist or has no data");
            }
        }
    }

    private static void CheckCalls(Graph graph)
    {
        var state = new byte[graph.Subgraphs.Length];
        for (int s = 0; s < state.Length; s++) Visit(graph, s, state, 0);
    }

    private static void Visit(Graph graph, int index, byte[] state, int depth)
    {
        const byte onPath = 1, done = 2;
        const int depthMax = 64;
        if (state[index] == done) return;
        if (state[index] == onPath || depth > depthMax)
        {
            throw new ModelFormatException($"subgraphs[{index}]", 0, "the subgraph calls itself, directly or through others; recursion is not supported");
        }
        state[index] = onPath;
        foreach (var node in graph.Subgraphs[index].Nodes)
        {
            if (node.Op is not ICallsSubgraphs calls) continue;
            foreach (int callee in calls.Subgraphs)
            {
                if ((uint)callee >= (uint)graph.Subgraphs.Length)
                {
                    throw new ModelFormatException($"subgraphs[{index}].operators[{node.Index}]", 0, $"{Errors.Throw.Describe(graph.Subgraphs[index], node)} calls subgraph {callee}; the model has {graph.Subgraphs.Length}");
                }
                Visit(graph, callee, state, depth + 1);
            }
        }
        state[index] = done;
    }

    private static void CheckSignatures(Subgraph subgraph, IEnumerable<SignatureInfo> signatures)
    {
        HashSet<int> inputs = [.. subgraph.Inputs], outputs = [.. subgraph.Outputs];
        foreach (var signature in signatures)
        {
            CheckNames(signature, "input", signature.Inputs, inputs);
            CheckNames(signature, "output", signature.Outputs, outputs);
        }
    }

    private static void CheckNames(SignatureInfo signature, string kind, ImmutableArray<(string Name, int Tensor)> named, HashSet<int> tensors)
    {
        foreach (var (name, tensor) in named)
        {
            if (!tensors.Contains(tensor)) throw new ModelFormatException("signature_defs", 0, $"{kind} '{name}' of signature '{signature.Key}' is tensor {tensor}, which is no {kind} of subgraph {signature.Subgraph}");
        }
    }
}
