namespace Lotse.Proxy.Commands;

/// <summary>What <c>lotse-proxy --help</c> prints.</summary>
internal static class HelpText
{
    public const string All = """
        lotse-proxy: an edge proxy that moves traffic between containers without losing a request.

        lotse-proxy run [--http-port=80] [--state-dir=/var/lib/lotse-proxy] [--access-log=true]
            Runs the proxy. Access log: JSON lines on stdout; everything else: stderr.

        lotse-proxy deploy SERVICE --target=HOST:PORT [OPTIONS]   stage, switch and drain in one
        lotse-proxy stage SERVICE --target=HOST:PORT [OPTIONS]    wait until the target is healthy; no traffic yet
        lotse-proxy switch SERVICE [--target=HOST:PORT]           move the traffic to the staged target, at once
        lotse-proxy revert SERVICE [--target=HOST:PORT]           move it back
        lotse-proxy drain SERVICE [--target=HOST:PORT] [--drain-timeout=30s]
            Lets the old target's requests end, then forgets it.
        lotse-proxy abort SERVICE [--target=HOST:PORT]            forget the staged target
        lotse-proxy pause SERVICE [--drain-timeout=30s] [--max-pause=30s]   let requests wait, at most so long
        lotse-proxy stop SERVICE [--drain-timeout=30s] [--message=TEXT]     answer requests with 503 and a page
        lotse-proxy resume SERVICE                                forward requests again
        lotse-proxy remove SERVICE
        lotse-proxy list
        lotse-proxy sockets                                       TCP ports that listen in this network namespace
        lotse-proxy version

        With a target, switch is refused when another one is staged, and revert and drain when another one has the
        traffic; abort leaves another one staged.

        Of all commands:
          --json                  the result as one line of JSON
          --socket=PATH           the proxy's control socket (control.sock in the state folder)

        Options of stage and deploy:
          --host=NAME             host name; *.example.com takes one label; may be repeated; none takes any
          --path-prefix=PATH      may be repeated; none takes all paths
          --strip-path-prefix=true
          --deploy-timeout=30s    how long the target may take to become healthy
          --drain-timeout=30s     how long requests of the old target may take to end
          --health-check-path=/up --health-check-port=0 --health-check-host=
          --health-check-interval=1s --health-check-timeout=5s
          --target-timeout=30s    how long the target may take until its response headers; 0 sets no limit
          --target-http2          the target speaks HTTP/2 without TLS (h2c)
          --buffer-requests --buffer-responses --buffer-memory=1048576
          --max-request-body=0 --max-response-body=0                bytes; 0 sets no limit
          --forward-headers       keep the X-Forwarded-* headers of a proxy in front
          --log-request-header=NAME --log-response-header=NAME      may be repeated

        Exit codes: 0 done, 1 failed, 2 misuse.
        """;
}
