using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;
using Graft.Ops.Adapted;
using Graft.Ops.Matrix;

namespace Graft.Adapters.Binding;

/// <summary>
/// A node that an adapter acts on, as the optimised graph has it: its slot, its weight as a matrix (outputs, inputs) in the order in which
/// its deltas see their input, and its bias.
/// </summary>
internal sealed class NodeSite
{
    private readonly Subgraph _subgraph;
    private readonly Placement _placement;
    private readonly TensorInfo _weight;

    public NodeSite(Graph graph, Placement placement, string module)
    {
        if ((uint)placement.Subgraph >= (uint)graph.Subgraphs.Length) throw new AdapterException($"module \"{module}\": the model has no subgraph {placement.Subgraph}");
        _subgraph = graph.Subgraphs[placement.Subgraph];
        _placement = placement;
        Node = _subgraph.Nodes.FirstOrDefault(n => n.Origin.Sources.Contains(placement.Node))
            ?? throw new AdapterException($"module \"{module}\": node {placement.Node} of subgraph {placement.Subgraph} is not in the model, or nothing is left of it");
        if ((uint)placement.Operand >= (uint)Node.Inputs.Length || Node.Inputs[placement.Operand] < 0)
            throw new AdapterException($"module \"{module}\": {Errors.Throw.Describe(_subgraph, Node)} has no input {placement.Operand}");
        WeightTensor = Node.Inputs[placement.Operand];
        _weight = _subgraph.Tensors[WeightTensor];
        (Outputs, Inputs) = Sizes(module);
        BiasBehind = Node.Op is BatchMatMul ? AddedBias.Find(_subgraph, Node, Outputs, inColumns: Operand == 0) : null;
    }

    public Subgraph Subgraph => _subgraph;

    public Node Node { get; }

    /// <summary>Which of the node's inputs is the weight.</summary>
    public int Operand => _placement.Operand;

    /// <summary>Index of the weight's tensor.</summary>
    public int WeightTensor { get; }

    /// <summary>What the layer reads.</summary>
    public TensorInfo Data => _subgraph.Tensors[Node.Inputs[Node.Op is BatchMatMul ? 1 - Operand : 0]];

    /// <summary>The axis of the weight's tensor that counts the outputs.</summary>
    public int ChannelAxis => _placement.Orientation switch
    {
        Orientation.DepthwiseFilter => 3,
        Orientation.Rows or Orientation.TableAsRows => _weight.Shape.Rank - 2,
        Orientation.Columns or Orientation.TableAsColumns => _weight.Shape.Rank - 1,
        _ => 0,
    };

    /// <summary>Whether integer weights may have a scale for each output.</summary>
    public bool HasChannelScales => Node.Op is not BatchMatMul || Operand == 1;

    /// <summary>Whether deltas bound to the node's slot have an effect.</summary>
    public bool TakesDeltas => Node.Slot >= 0 && Node.Op switch
    {
        FullyConnected or Conv2D or DepthwiseConv2D => Operand == 1 && LinearLayers.TakeDeltas(Data, _subgraph.Tensors[Node.Outputs[0]]),
        BatchMatMul => LinearProduct.Of(_subgraph, Node)?.Weight == Operand && LinearLayers.TakeDeltas(Data, _subgraph.Tensors[Node.Outputs[0]]),
        EmbeddingLookup or Gather => _subgraph.Tensors[Node.Outputs[0]] is { Type: DType.Float32 } or { Type: DType.Int8 or DType.Int16, Quantization.Scale: > 0 },
        _ => false,
    };

    /// <summary>What is added to the node's output behind it, or null.</summary>
    public Residual? Residual => Ops.Adapted.Residual.Find(_subgraph, Node);

    /// <summary>Outputs of the node.</summary>
    public int Outputs { get; }

    /// <summary>Columns of the node's weight, one group of a convolution only.</summary>
    public int Inputs { get; }

    /// <summary>Sizes of the filter; all zero for what is no convolution.</summary>
    public FilterShape Filter
    {
        get
        {
            if (_placement.Orientation is not (Orientation.Filter or Orientation.DepthwiseFilter)) return default;
            var shape = _weight.Shape;
            int channels = _subgraph.Tensors[Node.Inputs[0]].Shape[^1];
            var (dilationY, dilationX) = Node.Op is IConvolution convolution ? (convolution.Attributes.DilationY, convolution.Attributes.DilationX) : (1, 1);
            int group = _placement.Orientation == Orientation.DepthwiseFilter ? 1 : shape[3];
            return new(channels, group, shape[1], shape[2], dilationY, dilationX);
        }
    }

    public override string ToString() => Errors.Throw.Describe(_subgraph, Node);

    /// <summary>The weight as (outputs, inputs); the columns of a filter in the order (channel, height, width).</summary>
    public Matrix Weight()
    {
        float[] values = ConstantValues.Read(_subgraph, _weight);
        var shape = _weight.Shape;
        switch (_placement.Orientation)
        {
            case Orientation.Rows or Orientation.TableAsRows: return new(Outputs, Inputs, values);
            case Orientation.Columns or Orientation.TableAsColumns or Orientation.Table: return new Matrix(Inputs, Outputs, values).Transposed();
            case Orientation.Vector or Orientation.BiasVector: return new(Outputs, 1, values);
            case Orientation.ConstantRows: return KnownColumns(values);
        }
        var weight = new Matrix(Outputs, Inputs);
        for (int i = 0; i < values.Length; i++)
        {
            var (row, column) = Place(i);
            weight[row, column] = values[i];
        }
        return weight;
    }

    /// <summary>A matrix of the weight's size as the elements of its tensor.</summary>
    public float[] Arranged(Matrix weight)
    {
        switch (_placement.Orientation)
        {
            case Orientation.Rows or Orientation.TableAsRows: return weight.Values;
            case Orientation.Columns or Orientation.TableAsColumns or Orientation.Table: return weight.Transposed().Values;
        }
        var values = new float[weight.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            var (row, column) = Place(i);
            values[i] = weight[row, column];
        }
        return values;
    }

    /// <summary>Where an element of a filter's tensor is in the matrix.</summary>
    private (int Row, int Column) Place(int element)
    {
        var shape = _weight.Shape;
        int area = shape[1] * shape[2];
        if (_placement.Orientation == Orientation.DepthwiseFilter) return (element % Outputs, element / Outputs);
        int group = shape[3], pixel = element / group % area;
        return (element / (group * area), element % group * area + pixel);
    }

    /// <summary>The table as (dim, rows of the whole table), zero where the model has no rows.</summary>
    private Matrix KnownColumns(float[] values)
    {
        var (first, total) = _placement.TableRows;
        var table = new Matrix(Outputs, total);
        int count = Math.Min(values.Length / Outputs, total - first);
        for (int r = 0; r < count; r++)
        {
            for (int d = 0; d < Outputs; d++) table[d, first + r] = values[r * Outputs + d];
        }
        return table;
    }

    /// <summary>A sum behind a node that has no bias of its own, which adds one to all that the node yields.</summary>
    public (Node Node, int Operand)? BiasBehind { get; }

    /// <summary>The bias of all outputs; null when the layer has none.</summary>
    public float[]? Bias() => BiasBehind is var (sum, operand) ? ConstantValues.Read(_subgraph, _subgraph.Tensors[sum.Inputs[operand]]) : OwnBias();

    /// <summary>The bias that the node itself adds; null when it has none.</summary>
    public float[]? OwnBias()
    {
        if (_placement.Orientation > Orientation.DepthwiseFilter || Node.Inputs.Length < 3 || Node.Inputs[2] < 0) return null;
        var bias = _subgraph.Tensors[Node.Inputs[2]];
        if (bias.Type == DType.Float32 || bias.Quantization is { Scale: > 0 }) return ConstantValues.Read(_subgraph, bias);
        // Converters may leave the bias without scales: they are those of the input times those of the weights.
        float input = _subgraph.Tensors[Node.Inputs[0]].Quantization?.Scale ?? 0;
        var scales = _weight.Quantization?.Scales ?? [];
        var quantization = new Quantization([.. scales.Select(s => s * input)], [.. scales.Select(_ => 0L)], 0);
        return ConstantValues.Read(_subgraph, bias with { Quantization = quantization });
    }

    private (int Outputs, int Inputs) Sizes(string module)
    {
        var shape = _weight.Shape;
        int rank = _placement.Orientation switch
        {
            Orientation.Filter or Orientation.DepthwiseFilter => 4,
            Orientation.Vector or Orientation.BiasVector or Orientation.ConstantRows => shape.Rank,
            _ => 2,
        };
        if (Node.Op is BatchMatMul)
        {
            if (LinearProduct.Of(_subgraph, Node)?.Weight != Operand)
                throw new AdapterException($"module \"{module}\": {this}: {_weight} is not one constant matrix for all of a batch, so the product is no linear layer");
            shape = new Shape(shape[^2], shape[^1]);
        }
        if (shape.Rank != rank) throw new AdapterException($"module \"{module}\": {this}: weight {_weight} cannot be {_placement.Orientation}");
        return _placement.Orientation switch
        {
            Orientation.Rows or Orientation.TableAsRows => (shape[0], shape[1]),
            Orientation.Columns or Orientation.TableAsColumns or Orientation.Table => (shape[1], shape[0]),
            Orientation.Filter => (shape[0], shape[1] * shape[2] * shape[3]),
            Orientation.DepthwiseFilter => (shape[3], shape[1] * shape[2]),
            Orientation.ConstantRows => (shape[^1], _placement.TableRows.Total),
            _ => ((int)shape.ElementCount, 1),
        };
    }
}
