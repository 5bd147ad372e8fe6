namespace Endpoints.Charts;

/// <summary>The look of charts: colours as CSS variables, for light, dark and paper.</summary>
public static class ChartStyle
{
    /// <summary>Number of distinct colours; they repeat after that.</summary>
    public const int ColorCount = 6;

    /// <summary>
    /// Style rules that every chart within a page shares. The colours stay apart for readers with any common colour-vision deficiency, have
    /// at least 3:1 contrast to their background, and come with a point shape each, so that nothing is told by colour alone.
    /// </summary>
    public static string Css { get; } =
        """
        .chart{--chart-surface:#fff;--chart-text:#1c2128;--chart-muted:#59636e;--chart-grid:#e4e7eb;--chart-axis:#8b949e;
        --chart-1:#0068a8;--chart-2:#cf5300;--chart-3:#00805d;--chart-4:#a3357a;--chart-5:#866a00;--chart-6:#4f5963;
        font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-size:13px;font-variant-numeric:tabular-nums}
        @media screen and (prefers-color-scheme:dark){.chart{--chart-surface:#14181d;--chart-text:#e8ebee;--chart-muted:#9ba6b2;--chart-grid:#2b323a;--chart-axis:#66707b;
        --chart-1:#5db4ee;--chart-2:#ff9b52;--chart-3:#3cc99c;--chart-4:#e88bc4;--chart-5:#dcc24a;--chart-6:#b6c0ca}}
        .chart text{fill:var(--chart-text)}
        .chart .muted{fill:var(--chart-muted)}
        .chart .title{font-size:16px;font-weight:600}
        .chart .strong{font-weight:600}
        .chart .halo{paint-order:stroke;stroke:var(--chart-surface);stroke-width:4px;stroke-linejoin:round}
        .chart .surface{fill:var(--chart-surface)}
        .chart .grid{stroke:var(--chart-grid);stroke-width:1;fill:none}
        .chart .axis{stroke:var(--chart-axis);stroke-width:1;fill:none}
        .chart.c0,.chart .c0{--c:var(--chart-text)}.chart.c1,.chart .c1{--c:var(--chart-1)}.chart.c2,.chart .c2{--c:var(--chart-2)}
        .chart.c3,.chart .c3{--c:var(--chart-3)}.chart.c4,.chart .c4{--c:var(--chart-4)}.chart.c5,.chart .c5{--c:var(--chart-5)}.chart.c6,.chart .c6{--c:var(--chart-6)}
        .chart .line{fill:none;stroke:var(--c);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
        .chart .dashed{stroke-dasharray:5 5}
        .chart .thin{stroke-width:1.25;opacity:.55}
        .chart .band{fill:var(--c);opacity:.13}
        .chart .leader{fill:none;stroke:var(--c);stroke-width:1;opacity:.6}
        .chart .marker{stroke:var(--c);stroke-width:1.5;stroke-dasharray:2 3;fill:none}
        .chart .front{fill:none;stroke:var(--chart-text);stroke-width:1.5;stroke-linejoin:round}
        .chart .dot{fill:var(--c);stroke:var(--chart-surface);stroke-width:1.25}
        .chart .faint{opacity:.38}
        .chart .ring{fill:none;stroke:var(--c);stroke-width:2}
        .chart .hit{fill:transparent}
        .chart .point:hover .dot{stroke:var(--chart-text)}
        """;
}
