using System.Text;
using Endpoints.Charts.Drawing;

namespace Endpoints.Charts.Pages;

/// <summary>One subject of a report in figures: the one that matters most, large, and a few others.</summary>
/// <param name="Title">The subject, for example the name of an endpoint.</param>
/// <param name="Figure">The figure that matters most, for example <c>35 users</c>.</param>
/// <param name="Meaning">What that figure is, for example <c>held without throttling</c>.</param>
/// <param name="Facts">Other figures with their names.</param>
public sealed record FactCard(string Title, string Figure, string Meaning, IReadOnlyList<Fact> Facts)
{
    /// <summary>Palette colour of the subject in the charts, from 0; null for none.</summary>
    public int? Color { get; init; }

    internal void Write(StringBuilder html)
    {
        html.Append("<li class=\"chart card ").Append(Palette.Class(Color)).Append("\"><h2>").Append(Markup.Escape(Title)).Append("</h2>\n<p><b>")
            .Append(Markup.Escape(Figure)).Append("</b> ").Append(Markup.Escape(Meaning)).Append("</p>\n<dl>");
        foreach (Fact fact in Facts)
        {
            html.Append("<div><dt>").Append(Markup.Escape(fact.Name)).Append("</dt><dd>").Append(Markup.Escape(fact.Value)).Append("</dd></div>");
        }

        html.Append("</dl></li>\n");
    }
}

/// <summary>A figure with its name.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The figure with its unit.</param>
public sealed record Fact(string Name, string Value);
