namespace Endpoints.Charts.Pages;

/// <summary>Style rules of a report page; those of its charts are <see cref="ChartStyle.Css"/>.</summary>
internal static class PageStyle
{
    public static string Css { get; } =
        """
        :root{--page:#fff;--panel:#f6f8fa;--line:#d8dee4;--text:#1c2128;--muted:#59636e;--link:#0068a8;--stress:#fff1e5}
        @media screen and (prefers-color-scheme:dark){:root{--page:#14181d;--panel:#1c2229;--line:#343c45;--text:#e8ebee;--muted:#9ba6b2;--link:#5db4ee;--stress:#3a2a1c}}
        *{box-sizing:border-box}
        html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
        @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        body{margin:0 auto;max-width:1440px;padding:0 clamp(12px,3vw,40px) 48px;background:var(--page);color:var(--text);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
        header{padding-top:clamp(20px,4vw,48px)}
        h1{font-size:clamp(1.6rem,1.2rem + 1.8vw,2.3rem);line-height:1.2;letter-spacing:-.015em;margin:0 0 .6em}
        h2{font-size:1.35rem;line-height:1.3;letter-spacing:-.01em;margin:0 0 .6em}
        h3{font-size:1.05rem;margin:1.4em 0 .4em}
        p{margin:0 0 1em;max-width:76ch}
        a{color:var(--link)}
        .lead{font-size:1.1rem}
        .cards{list-style:none;margin:28px 0;padding:0;display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr))}
        .card.chart{background:var(--panel);border:1px solid var(--line);border-top:4px solid var(--c);border-radius:8px;padding:16px 20px;font-size:1rem}
        .card h2{font-size:1rem;margin:0;overflow-wrap:anywhere}
        .card p{color:var(--muted);margin:0 0 .6em}
        .card b{display:block;color:var(--text);font-size:2rem;font-weight:650;line-height:1.25;letter-spacing:-.02em}
        .card dl{margin:0}
        .card dl div{display:flex;justify-content:space-between;gap:12px;border-top:1px solid var(--line);padding:5px 0;font-size:.92rem}
        .card dt{color:var(--muted)}
        .card dd{margin:0;font-weight:600;text-align:right;white-space:nowrap}
        nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;margin:0;padding:0;font-size:.95rem}
        section{border-top:1px solid var(--line);margin-top:36px;padding-top:28px}
        .figures{display:grid;gap:28px 40px;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));margin:8px 0 24px}
        figure{margin:0;min-width:0;max-width:820px}
        figcaption{font-size:.92rem;color:var(--muted);margin-bottom:10px;max-width:76ch}
        figcaption strong{display:block;color:var(--text);font-size:1.02rem}
        figure svg{display:block;width:100%;height:auto}
        .narrow{display:none}
        @media screen and (max-width:640px){.wide{display:none}.narrow{display:block}}
        .table{overflow-x:auto;margin:0 0 28px}
        .table:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:3px}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;line-height:1.4}
        caption{text-align:left;font-weight:600;padding:0 0 8px}
        th,td{padding:5px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        td.left,th.left{text-align:left}
        td.left,tbody th.left{white-space:normal;min-width:12ch}
        thead th{color:var(--muted);font-weight:600;vertical-align:bottom;background:var(--panel)}
        tbody th{font-weight:600}
        tr.stressed>*{background:var(--stress)}
        code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
        footer{border-top:1px solid var(--line);margin-top:36px;padding-top:16px;color:var(--muted);font-size:.9rem}
        @page{margin:14mm 12mm}
        @media print{html{font-size:10pt}body{max-width:none;padding:0;font-size:1rem}nav{display:none}header{padding-top:0}.lead{font-size:1rem}
        figure,.card,tr{break-inside:avoid}.table{break-inside:avoid}h2,caption{break-after:avoid}p{orphans:3;widows:3}section{margin-top:20px;padding-top:14px}
        .cards{gap:10px;grid-template-columns:repeat(auto-fit,minmax(190px,1fr))}.card.chart{padding:10px 12px}.card b{font-size:1.5rem}
        .figures{grid-template-columns:1fr 1fr;gap:14px 24px}.wide{display:none}.narrow{display:block}
        .table{overflow:visible}table{font-size:.8rem}th,td{padding:2px 5px}thead th{white-space:normal}caption{overflow-wrap:anywhere}p{max-width:none}
        .card.chart,thead th,tr.stressed>*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        """;
}
