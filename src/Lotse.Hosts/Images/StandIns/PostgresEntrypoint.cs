namespace Lotse.Hosts.Images.StandIns;

/// <summary>The program that a PostgreSQL stand-in starts with.</summary>
internal static class PostgresEntrypoint
{
    /// <summary>A shell script; its lines end with line feeds however this file was checked out.</summary>
    public static string Script => Text.ReplaceLineEndings("\n");

    // A database is made in a folder of its own within PGDATA and moved up when it is whole, PG_VERSION last: a container killed
    // in between starts over, or goes on moving. While it is made, the server's socket is elsewhere, so that pg_isready does not
    // say "ready" to a health check before it is.
    private const string Text = """
        #!/bin/sh
        # Makes a database in PGDATA when there is none, and starts PostgreSQL as the user postgres.
        set -eu

        fail() {
            echo "postgres stand-in: $*" >&2
            exit 1
        }

        # take NAME DEFAULT: NAME's value, or what the file named by NAME_FILE holds, or the default.
        take() {
            eval "value=\${$1:-} file=\${$1_FILE:-}"
            if [ -n "$file" ]; then
                [ -z "$value" ] || fail "$1 and $1_FILE are both set. Set one of them."
                [ -r "$file" ] || fail "$1_FILE names $file, which cannot be read."
                value=$(cat "$file")
            fi
            [ -n "$value" ] || value=$2
            export "$1=$value"
            unset "$1_FILE"
        }

        take_settings() {
            take POSTGRES_PASSWORD ""
            take POSTGRES_USER postgres
            take POSTGRES_DB "$POSTGRES_USER"
            take POSTGRES_INITDB_ARGS ""
            : "${POSTGRES_HOST_AUTH_METHOD:=}"
        }

        check_settings() {
            if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
                fail "POSTGRES_PASSWORD is not set. Give the superuser a password, or allow" \
                    "everybody in with POSTGRES_HOST_AUTH_METHOD=trust (never where others can connect)."
            fi
            for other in "$PGDATA"/* "$PGDATA"/.[!.]*; do
                case ${other##*/} in
                    '*' | '.[!.]*' | lost+found | .initialising) ;;
                    *) fail "$PGDATA holds files ($other) but no database. Empty it, or set PGDATA to a folder below it." ;;
                esac
            done
        }

        run_scripts() {
            [ -r /docker-entrypoint-initdb.d ] || fail "/docker-entrypoint-initdb.d cannot be read by the user postgres."
            for script in /docker-entrypoint-initdb.d/*; do
                case $script in
                    *.sh)
                        echo "running $script"
                        if [ -x "$script" ]; then "$script"; else . "$script"; fi
                        ;;
                    *.sql) echo "running $script" && client -f "$script" ;;
                    *.sql.gz) echo "running $script" && gunzip -c "$script" | client ;;
                    *.sql.xz) echo "running $script" && xzcat "$script" | client ;;
                    '/docker-entrypoint-initdb.d/*') ;;
                    *) echo "ignoring $script" ;;
                esac
            done
        }

        client() {
            psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc -U "$POSTGRES_USER" -d "$POSTGRES_DB" "$@"
        }

        make_database() (
            final=$PGDATA
            export PGDATA="$final/.initialising"
            rm -rf "$PGDATA"
            secret=$(mktemp)
            printf '%s\n' "$POSTGRES_PASSWORD" >"$secret"
            [ -z "$POSTGRES_PASSWORD" ] || set -- --pwfile="$secret"
            eval "set -- \"\$@\" $POSTGRES_INITDB_ARGS"
            initdb --username="$POSTGRES_USER" "$@"
            rm -f "$secret"
            method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
            printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"

            PGHOST=$(mktemp -d) PGPASSWORD=$POSTGRES_PASSWORD
            export PGHOST PGPASSWORD
            unset PGHOSTADDR
            pg_ctl -w start -o "-c listen_addresses='' -c unix_socket_directories='$PGHOST'"
            trap 'pg_ctl -m immediate stop' EXIT
            if [ "$POSTGRES_DB" != postgres ]; then
                echo 'CREATE DATABASE :"name";' | POSTGRES_DB=postgres client --set=name="$POSTGRES_DB"
            fi
            run_scripts
            trap - EXIT
            pg_ctl -m fast -w stop
            rm -rf "$PGHOST"
            touch "$PGDATA/.complete"
            sync
        )

        move_up() {
            for file in "$PGDATA/.initialising"/*; do
                [ "${file##*/}" = PG_VERSION ] || mv "$file" "$PGDATA/"
            done
            sync
            mv "$PGDATA/.initialising/PG_VERSION" "$PGDATA/"
            rm -rf "$PGDATA/.initialising"
        }

        case ${1:-postgres} in
            -*) set -- postgres "$@" ;;
        esac
        [ "${1:-}" = postgres ] || exec "$@"
        for option in "$@"; do
            case $option in
                -V | --version | -'?' | --help | --describe-config) exec "$@" ;;
            esac
        done

        take_settings
        if [ "$(id -u)" = 0 ]; then
            mkdir -p "$PGDATA"
            chmod 700 "$PGDATA"
            find "$PGDATA" ! -user postgres -exec chown postgres:postgres {} +
            exec su -s /bin/sh -- postgres -c 'exec "$0" "$@"' "$0" "$@"
        fi

        umask 077
        if [ ! -s "$PGDATA/PG_VERSION" ]; then
            if [ ! -e "$PGDATA/.initialising/.complete" ]; then
                check_settings
                make_database
            fi
            move_up
        fi
        unset POSTGRES_PASSWORD
        exec "$@"

        """;
}
