using Gocatest.Frontend.Pages;

namespace Gocatest.Tests.Frontend;

public sealed class HtmlTests
{
    [Fact]
    public void Values_cannot_become_markup()
    {
        const string value = "<b>\"&'";

        Assert.Equal("<p>&lt;b&gt;&quot;&amp;&#x27;</p>", Html.Of($"<p>{value}</p>").Markup);
    }

    [Fact]
    public void Markup_stays_markup()
    {
        var inner = Html.Of($"<b>{"x"}</b>");

        Assert.Equal("<p><b>x</b> 7</p>", Html.Of($"<p>{inner} {7}</p>").Markup);
    }
}
