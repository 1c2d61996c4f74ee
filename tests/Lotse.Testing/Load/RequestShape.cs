using System.Text;
using Lotse.Testing.Load.Wire;

namespace Lotse.Testing.Load;

/// <summary>What one kind of client asks, how often, and what it takes for a good answer.</summary>
internal sealed record RequestShape
{
    public required LoadKind Load { get; init; }

    public required string Head { get; init; }

    public byte[] Body { get; init; } = [];

    /// <summary>From the start of one request to the start of the next, if that has ended by then.</summary>
    public required TimeSpan Interval { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required Func<HttpAnswer, bool> IsExpected { get; init; }

    public static IEnumerable<RequestShape> All(Uri server, LoadProfile profile)
    {
        var shorts = profile.KeepAliveWorkers + profile.NewConnectionWorkers + profile.EchoWorkers;
        var interval = TimeSpan.FromSeconds((double)Math.Max(shorts, 1) / profile.RequestsPerSecond);
        var plain = Plain(server, profile, interval);
        var reused = plain with { Load = LoadKind.KeepAlive, Head = HeadOf(server, profile, profile.Path) };
        return
        [
            .. Enumerable.Repeat(reused, profile.KeepAliveWorkers),
            .. Enumerable.Repeat(plain, profile.NewConnectionWorkers),
            .. Enumerable.Repeat(Slow(server, profile), profile.SlowWorkers),
            .. Enumerable.Repeat(Echo(server, profile, interval), profile.EchoWorkers),
            .. Enumerable.Repeat(Streamed(server, profile), profile.StreamWorkers),
        ];
    }

    private static RequestShape Plain(Uri server, LoadProfile profile, TimeSpan interval) =>
        new()
        {
            Load = LoadKind.NewConnection,
            Head = HeadOf(server, profile, profile.Path, "Connection: close\r\n"),
            Interval = interval,
            Timeout = profile.RequestTimeout,
            IsExpected = answer => profile.IsExpected(answer.Head[profile.VersionHeader], answer.Text),
        };

    private static RequestShape Slow(Uri server, LoadProfile profile) =>
        new()
        {
            Load = LoadKind.Slow,
            Head = HeadOf(server, profile, $"/slow?ms={(int)profile.SlowDuration.TotalMilliseconds}"),
            Interval = profile.SlowDuration + profile.Pause,
            Timeout = profile.RequestTimeout + profile.SlowDuration,
            IsExpected = answer => profile.IsExpected(answer.Head[profile.VersionHeader], answer.Text),
        };

    private static RequestShape Echo(Uri server, LoadProfile profile, TimeSpan interval)
    {
        var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, profile.EchoBytes).Select(Letter)));
        return new()
        {
            Load = LoadKind.Echo,
            Head = HeadOf(server, profile, "/echo", $"Content-Length: {body.Length}\r\n", "POST"),
            Body = body,
            Interval = interval,
            Timeout = profile.RequestTimeout,
            IsExpected = answer => answer.Body.AsSpan().SequenceEqual(body),
        };
    }

    private static RequestShape Streamed(Uri server, LoadProfile profile)
    {
        var milliseconds = (int)profile.StreamInterval.TotalMilliseconds;
        var whole = string.Concat(Enumerable.Range(0, profile.StreamChunks).Select(chunk => $"chunk {chunk}\n"));
        return new()
        {
            Load = LoadKind.Stream,
            Head = HeadOf(server, profile, $"/stream?chunks={profile.StreamChunks}&ms={milliseconds}"),
            Interval = (profile.StreamChunks * profile.StreamInterval) + profile.Pause,
            Timeout = profile.RequestTimeout + (profile.StreamChunks * profile.StreamInterval),
            IsExpected = answer => answer.Text == whole,
        };
    }

    // 61 characters, no power of two, so that a block that is lost or doubled shows.
    private static char Letter(int index) => (char)('A' + (index % 61));

    private static string HeadOf(
        Uri server,
        LoadProfile profile,
        string path,
        string headers = "",
        string method = "GET"
    ) => $"{method} {path} HTTP/1.1\r\nHost: {profile.Host ?? server.Authority}\r\n{headers}\r\n";
}
