using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Tests.Contract;

public sealed class MisuseTests
{
    [Theory]
    [InlineData("", "Which command?")]
    [InlineData("stagge web --target=a:80", "Did you mean stage?")]
    [InlineData("stage", "needs a service's name")]
    [InlineData("stage --target=a:80", "needs a service's name")]
    [InlineData("stage web", "needs --target=HOST:PORT")]
    [InlineData("stage web --target", "--target needs a value")]
    [InlineData("stage web --target=abc", "--target is HOST:PORT, not 'abc'")]
    [InlineData("stage web --target=http://abc:80", "--target is HOST:PORT, not 'http://abc:80'")]
    [InlineData("stage web --target=abc:0", "--target is HOST:PORT")]
    [InlineData("stage web --target=abc:70000", "--target is HOST:PORT")]
    [InlineData("stage web --target=abc:+80", "--target is HOST:PORT")]
    [InlineData("run --http-port=+80", "--http-port is a number from 0 to 65535, not '+80'")]
    [InlineData("stage web two --target=a:80", "'two' is one word too many")]
    [InlineData("stage we/b --target=a:80", "'we/b' is no service's name")]
    [InlineData("stage -web --target=a:80", "'-web' is no service's name")]
    [InlineData("stage web --target=a:80 --host=https://example.com", "--host is a host name")]
    [InlineData("stage web --target=a:80 --host=example.com:443", "--host is a host name")]
    [InlineData("stage web --target=a:80 --host=a.*.example.com", "--host is a host name")]
    [InlineData("stage web --target=a:80 --host=münchen.example", "--host is a host name")]
    [InlineData("stage web --target=a:80 --path-prefix=/a?b", "--path-prefix is a path")]
    [InlineData("stage web --target=a:80 --health-check-path=up", "--health-check-path must begin with a slash")]
    [InlineData("stage web --target=a:80 --health-check-port=99999", "--health-check-port is a number from 0 to 65535")]
    [InlineData(
        "stage web --target=a:80 --health-check-interval=0",
        "--health-check-interval must be longer than zero"
    )]
    [InlineData("stage web --target=a:80 --deploy-timeout=0s", "--deploy-timeout must be longer than zero")]
    [InlineData("stage web --target=a:80 --deploy-timeout=30", "--deploy-timeout is a duration")]
    [InlineData("stage web --target=a:80 --deploy-timeout=-5s", "--deploy-timeout is a duration")]
    [InlineData("stage web --target=a:80 --deploy-timeout=99999999h", "--deploy-timeout is a duration")]
    [InlineData("stage web --target=a:80 --deploy-timout=30s", "Did you mean --deploy-timeout?")]
    [InlineData("stage web --target=a:80 --buffer-requests=maybe", "--buffer-requests is true or false, not 'maybe'")]
    [InlineData("stage web --target=a:80 --max-request-body=10MB", "--max-request-body is a number")]
    [InlineData("stage web --target=a:80 --tls", "--tls is not supported yet")]
    [InlineData("deploy web --target=a:80 --tls=true --host=example.com", "--tls is not supported yet")]
    [InlineData("switch", "needs a service's name")]
    [InlineData("pause web --target=a:80", "Unknown flag --target")]
    [InlineData("list web", "'web' is one word too many")]
    [InlineData("pause web --max-pause=0", "--max-pause must be longer than zero")]
    [InlineData("stop web now", "'now' is one word too many")]
    [InlineData("resume", "needs a service's name")]
    [InlineData("drain web --drain-timeout=soon", "--drain-timeout is a duration")]
    [InlineData("run --http-port=eighty", "--http-port is a number from 0 to 65535, not 'eighty'")]
    [InlineData("run now", "'now' is one word too many")]
    public void What_cannot_be_understood_is_said_in_a_sentence(string line, string sentence)
    {
        var argv = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var misuse = Assert.Throws<UsageException>(() => ProxyCommand.Parse(argv));

        Assert.Contains(sentence, misuse.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tls=false")]
    [InlineData("--tls-redirect=false")]
    [InlineData("--tls-staging")]
    [InlineData("--tls-acme-cache-path=/certs")]
    public void Certificate_flags_without_tls_are_taken(string flag) =>
        Assert.IsType<StageCommand>(ProxyCommand.Parse(["stage", "web", "--target=a:80", flag]));
}
