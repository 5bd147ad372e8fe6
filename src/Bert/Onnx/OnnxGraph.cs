namespace Endpoints.Bert.Onnx;

/// <summary>A graph under construction. Nodes are added in an order that computes every value before it is used, as the format demands.</summary>
internal sealed class OnnxGraph
{
    private const int NodeField = 1, NameField = 2, TensorField = 5, InputField = 11, OutputField = 12;

    private readonly ProtobufMessage _nodes = new();
    private readonly ProtobufMessage _ends = new();
    private readonly List<OnnxTensor> _tensors = [];
    private readonly HashSet<string> _names = [];

    public OnnxGraph(string name) => _ends.Text(NameField, name);

    /// <summary>Every constant, in the order of the calls that added them.</summary>
    public IReadOnlyList<OnnxTensor> Tensors => _tensors;

    /// <summary>Declares an input; returns its name. A dimension that is a number is fixed, any other text is the name of one that may change.</summary>
    public string Input(string name, OnnxType type, params ReadOnlySpan<string> shape)
    {
        Claim(name);
        _ends.Message(InputField, ValueInfo(name, type, shape));
        return name;
    }

    /// <summary>Declares that the value <paramref name="name"/>, which a node computes, is an output.</summary>
    public void Output(string name, OnnxType type, params ReadOnlySpan<string> shape) => _ends.Message(OutputField, ValueInfo(name, type, shape));

    /// <summary>Adds a constant; returns its name.</summary>
    public string Constant(OnnxTensor tensor)
    {
        Claim(tensor.Name);
        _tensors.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Adds a node with one output; returns that output's name, which is the node's.</summary>
    public string Node(string operation, string name, ReadOnlySpan<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        Node(operation, name, inputs, [name], attributes);
        return name;
    }

    /// <summary>Adds a node with any number of outputs.</summary>
    public void Node(string operation, string name, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        const int inputs_ = 1, outputs_ = 2, name_ = 3, operation_ = 4, attribute_ = 5;
        var node = new ProtobufMessage();
        foreach (string input in inputs)
        {
            node.Text(inputs_, input);
        }

        foreach (string output in outputs)
        {
            Claim(output);
            node.Text(outputs_, output);
        }

        node.Text(name_, name).Text(operation_, operation);
        foreach (OnnxAttribute attribute in attributes)
        {
            node.Message(attribute_, attribute.Message);
        }

        _nodes.Message(NodeField, node);
    }

    /// <summary>Bytes of the whole graph's message, values included.</summary>
    public long Length() => _nodes.Written.Length + _ends.Written.Length + _tensors.Sum(tensor => TensorStart(tensor).Written.Length + tensor.ValueBytes);

    /// <summary>Writes the graph's message.</summary>
    public void WriteTo(Stream stream)
    {
        stream.Write(_nodes.Written);
        stream.Write(_ends.Written);
        foreach (OnnxTensor tensor in _tensors)
        {
            stream.Write(TensorStart(tensor).Written);
            long start = stream.Position;
            tensor.WriteValues(stream);
            if (stream.Position - start != tensor.ValueBytes)
            {
                throw new InvalidOperationException($"Tensor {tensor.Name} wrote {stream.Position - start} bytes where its shape has {tensor.ValueBytes}.");
            }
        }
    }

    /// <summary>Everything of a tensor's field but its values.</summary>
    private static ProtobufMessage TensorStart(OnnxTensor tensor)
    {
        ProtobufMessage header = tensor.Header();
        return new ProtobufMessage().BytesFollow(TensorField, header.Written.Length + tensor.ValueBytes).Append(header);
    }

    private static ProtobufMessage ValueInfo(string name, OnnxType type, ReadOnlySpan<string> shape)
    {
        const int name_ = 1, type_ = 2, tensor = 1, element = 1, shape_ = 2, dimension = 1, fixed_ = 1, named = 2;
        var dimensions = new ProtobufMessage();
        foreach (string size in shape)
        {
            var one = new ProtobufMessage();
            dimensions.Message(dimension, long.TryParse(size, out long value) ? one.Integer(fixed_, value) : one.Text(named, size));
        }

        ProtobufMessage tensorType = new ProtobufMessage().Integer(element, (long)type).Message(shape_, dimensions);
        return new ProtobufMessage().Text(name_, name).Message(type_, new ProtobufMessage().Message(tensor, tensorType));
    }

    private void Claim(string name)
    {
        if (!_names.Add(name))
        {
            throw new InvalidOperationException($"The graph has two values named {name}.");
        }
    }
}
