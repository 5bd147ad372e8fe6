namespace Endpoints.Bert.Onnx;

/// <summary>A named setting of a node.</summary>
internal sealed record OnnxAttribute(ProtobufMessage Message)
{
    private const int NameField = 1, SingleField = 2, IntegerField = 3, IntegersField = 8, KindField = 20;
    private const int SingleKind = 1, IntegerKind = 2, IntegersKind = 7;

    public static OnnxAttribute Of(string name, float value) => new(Named(name, SingleKind).Single(SingleField, value));

    public static OnnxAttribute Of(string name, long value) => new(Named(name, IntegerKind).Integer(IntegerField, value));

    public static OnnxAttribute Of(string name, params ReadOnlySpan<long> values) => new(Named(name, IntegersKind).Integers(IntegersField, values));

    private static ProtobufMessage Named(string name, int kind) => new ProtobufMessage().Text(NameField, name).Integer(KindField, kind);
}
