using System.Text;
using System.Text.Json.Nodes;
using Gocatest.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gocatest.Tests.Logging;

public sealed class JsonLogTests : IDisposable
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 10, 0, 0, 7, TimeSpan.FromHours(2)));
    private readonly MemoryStream output = new();

    [Fact]
    public void An_event_is_one_line_with_its_time_in_UTC()
    {
        new JsonLog(output, time).Warn("database-away", "two\nlines");

        Assert.Equal(
            """{"time":"2026-03-01T08:00:00.007Z","level":"warn","event":"database-away","message":"two\nlines"}"""
                + "\n",
            Text
        );
    }

    [Fact]
    public void A_fault_carries_its_stack()
    {
        new JsonLog(output, time).Error("fault", "/ failed", new InvalidOperationException("why"));

        Assert.Contains(
            "InvalidOperationException: why",
            JsonNode.Parse(Text)!["error"]!.ToString(),
            StringComparison.Ordinal
        );
    }

    public void Dispose() => output.Dispose();

    private string Text => Encoding.UTF8.GetString(output.ToArray());
}
