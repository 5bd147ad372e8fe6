using Endpoints.Compute.Gemm;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Linear;

/// <summary>A layer and the items of a region that it takes: blocks of rows by stretches of panels, panels first.</summary>
internal readonly struct Part<TEpilogue>
    where TEpilogue : struct, IEpilogue
{
    public Part(LinearLayer<TEpilogue> layer, TileKernels kernels, int threads, int start = 0)
    {
        Layer = layer;
        Start = start;
        BlockRows = Blocking.Rows(layer.Input.Rows, layer.Input.RowBytes, layer.Weights.PanelCount, threads, kernels.MaxRows);
        ItemPanels = Blocking.Panels(layer.Input.Rows, layer.Weights.PanelCount, threads, kernels.MaxRows);
        ItemsPerBlock = (layer.Weights.PanelCount + ItemPanels - 1) / ItemPanels;
        End = start + (ItemsPerBlock * ((layer.Input.Rows + BlockRows - 1) / BlockRows));
    }

    public LinearLayer<TEpilogue> Layer { get; }

    /// <summary>First item.</summary>
    public int Start { get; }

    /// <summary>One past the last item.</summary>
    public int End { get; }

    public int BlockRows { get; }

    /// <summary>Panels of an item.</summary>
    public int ItemPanels { get; }

    public int ItemsPerBlock { get; }
}
