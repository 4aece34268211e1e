# PostgreSQL 15 as a private server: own cluster, loopback, a password, no unix socket. It refuses
# to run as root, so root starts it as an unprivileged user, with its data where that user can be.

# Directory of initdb and postgres, which Debian keeps out of PATH.
postgres_binaries() {
    local found
    found=$(dirname "$(command -v initdb 2>/dev/null || echo none/initdb)")
    if [[ -x /usr/lib/postgresql/15/bin/initdb ]]; then found=/usr/lib/postgresql/15/bin; fi
    [[ -x $found/initdb ]] && echo "$found"
}

# Sets `as_postgres`: the words before a command that make it run as the server's user.
postgres_choose_user() {
    as_postgres=()
    postgres_user=$(id -un)
    ((EUID == 0)) || return 0
    postgres_user=nobody
    ! id -u postgres >/dev/null 2>&1 || postgres_user=postgres
    as_postgres=(
        setpriv --reuid="$postgres_user" --regid="$(id -g "$postgres_user")" --clear-groups --
        env "HOME=/nonexistent")
}

# Makes $1/postgres a directory that the server's user can enter: a real one where the path allows
# it, else a link to a fresh directory elsewhere (a checkout below a home with mode 0700).
postgres_make_home() { # directory
    local home=$1/postgres elsewhere
    if [[ -d $home/. ]]; then return 0; fi
    rm -f "$home" # a link whose target is gone
    mkdir -m 700 "$home"
    ((EUID == 0)) || return 0
    chown "$postgres_user" "$home"
    if (cd / && "${as_postgres[@]}" test -w "$home"); then return 0; fi
    rmdir "$home"
    elsewhere=$(mktemp -d /var/tmp/muster-postgres.XXXXXX 2>/dev/null ||
        mktemp -d /tmp/muster-postgres.XXXXXX)
    chown "$postgres_user" "$elsewhere"
    ln -s "$elsewhere" "$home"
}

postgres_init() { # directory, binaries
    local home secret
    home=$(readlink -f "$1/postgres")
    [[ ! -s $home/data/PG_VERSION ]] || return 0
    rm -rf "$home/data"
    random_hex >"$home/password"
    secret=$(mktemp "$home/password.XXXXXX")
    cat "$home/password" >"$secret"
    if ((EUID == 0)); then chown "$postgres_user" "$secret"; fi
    chmod 600 "$home/password" "$secret"
    (cd / && setsid --wait ${as_postgres[@]+"${as_postgres[@]}"} "$2/initdb" --pgdata="$home/data" \
        --username=muster --pwfile="$secret" --auth=scram-sha-256 --encoding=UTF8 \
        --locale=C.UTF-8 --no-sync) >"$1/initdb.log" 2>&1 ||
        { tail -n 5 "$1/initdb.log" >&2 && return 1; }
    rm -f "$secret"
}

postgres_start() { # directory
    local binaries home attempt port i password
    binaries=$(postgres_binaries) || die "$EXIT_UNAVAILABLE" "PostgreSQL's initdb was not found"
    postgres_choose_user
    postgres_make_home "$1"
    # The link's own path may lead through folders that the server's user cannot enter.
    home=$(readlink -f "$1/postgres")
    postgres_init "$1" "$binaries" || return 1
    password=$(cat "$home/password")
    for attempt in 1 2 3 4 5; do
        # Only a dead server's file can be here: the caller stops a living one first.
        rm -f "$home/data/postmaster.pid"
        port=${MUSTER_POSTGRES_PORT:-$(free_port)}
        : >"$1/postgres.log"
        detach "$1/postgres.pid" "$1/postgres.log" ${as_postgres[@]+"${as_postgres[@]}"} \
            "$binaries/postgres" -D "$home/data" -p "$port" -c listen_addresses=127.0.0.1 \
            -c unix_socket_directories= -c shared_buffers=64MB -c max_connections=64 \
            -c log_min_messages=warning
        postgres_url="postgresql://muster:$password@127.0.0.1:$port/muster"
        for ((i = 0; i < 200; i++)); do
            ! postgres_database "${postgres_url%/muster}/postgres" || return 0
            living "$1/postgres.pid" >/dev/null || break
            sleep 0.1
        done
        grep -q "Address already in use" "$1/postgres.log" || return 1
    done
    return 1
}

# Makes the database unless it exists; false while the server is not ready.
postgres_database() { # url of the maintenance database
    local have
    have=$(postgres_query "$1" "select count(*) from pg_database where datname = 'muster'" \
        2>/dev/null) || return 1
    [[ $have == 1 ]] || postgres_query "$1" "create database muster" >/dev/null
}

# Runs a client of PostgreSQL with a URL's password in its environment: what stands in a command
# line, every user of the machine can read. The password may be percent-encoded, as in any URL.
postgres_client() { # url command...
    local url=$1 password=''
    shift
    if [[ $url =~ ^(postgres(ql)?://[^:@/?]*):([^@/?]*)@(.*)$ ]]; then
        url=${BASH_REMATCH[1]}@${BASH_REMATCH[4]}
        printf -v password '%b' "${BASH_REMATCH[3]//%/\\x}"
    fi
    PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-3} PGPASSWORD=$password "$@" --dbname="$url"
}

postgres_psql() { # url options...
    local url=$1
    shift
    postgres_client "$url" "${psql[@]}" "$@"
}
psql=(psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1)

postgres_query() { # url sql
    postgres_client "$1" timeout 10 "${psql[@]}" --command="$2"
}

# The same server's URL with another database.
postgres_sibling() { # url database
    [[ $1 =~ ^([a-z]+://[^/?]*)(/[^?]*)?(\?.*)?$ ]] || return 1
    echo "${BASH_REMATCH[1]}/$2${BASH_REMATCH[3]:-}"
}

# The logins of the private server: name, role of db/roles.sql, and the variable for the address.
readonly postgres_logins='
migrator muster_owner MIGRATOR
matchmakerd mm MM
lobbyd lobby_rw LOBBY
worldd world_result WORLD'

# Roles, logins with passwords of their own in files that only we can read, and all migrations.
# Lines for the address file are left in `postgres_login_env`.
postgres_prepare() { # directory, url of an administrator
    local home login role variable secret applied
    home=$(readlink -f "$1/postgres")
    postgres_login_env=''
    "$root/scripts/migrate" roles --url "$2" || return 1
    while read -r login role variable; do
        [[ -n $login ]] || continue
        secret=$home/$login.password
        [[ -s $secret ]] || (umask 077 && random_hex >"$secret")
        postgres_psql "$2" --file=- >/dev/null <<SQL || return 1
set client_min_messages = warning;
select 'create role $login' where not exists (select from pg_roles where rolname = '$login') \\gexec
alter role $login login nosuperuser nocreatedb nocreaterole password '$(<"$secret")';
grant $role to $login;
SQL
        postgres_login_env+="MUSTER_POSTGRES_${variable}_URL='postgresql://$login:$(<"$secret")@"
        postgres_login_env+="${2#*@}'"$'\n'
    done <<<"$postgres_logins"
    source /dev/stdin <<<"$postgres_login_env"
    applied=$("$root/scripts/migrate" up --url "$MUSTER_POSTGRES_MIGRATOR_URL") || return 1
    [[ -z $applied ]] || note "database migrated: $(wc -l <<<"$applied") applied"
}

# INT is PostgreSQL's fast shutdown: sessions are cut, the data is left consistent.
postgres_stop() { stop_process "$1/postgres.pid" INT 15; } # directory

# Writes and reads back a row of a table that ends with the session.
postgres_probe() { # url
    local sql="create temp table probe (id int); insert into probe values (42); select * from probe"
    [[ $(postgres_query "$1" "$sql" 2>/dev/null) == 42 ]]
}

# Removes the data, also where it lies behind a link.
postgres_purge() { # directory
    local home=$1/postgres target
    if [[ -L $home ]]; then
        target=$(readlink "$home")
        [[ $target != */muster-postgres.* ]] || rm -rf "$target"
    fi
    rm -rf "$home"
}
