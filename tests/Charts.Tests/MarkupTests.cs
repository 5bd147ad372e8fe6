using System.Xml.Linq;

namespace Endpoints.Charts.Tests;

public sealed class MarkupTests
{
    [Fact]
    public void Escape_Markup_ReadsBackAsTheText()
    {
        const string Text = "<b>&\"quoted\"&amp;'one'</b>\n\té 汉 😀";

        Assert.Equal(Text, XElement.Parse($"<t a=\"x\">{Markup.Escape(Text)}</t>").Value);
        Assert.Equal("a\"b'<&", XElement.Parse($"<t a=\"{Markup.Escape("a\"b'<&")}\"/>").Attribute("a")!.Value);
    }

    [Fact]
    public void Escape_WhatXmlCannotCarry_IsReplaced() => Assert.Equal("a\uFFFDb\uFFFDc\uFFFD", Markup.Escape("a\u0001b\uD800c\uFFFF"));
}
