# nats-server with JetStream as a private server, and a round trip over its text protocol.

# matchmakerd's streams reserve 1.6 GiB by default, so that JetStream needs at least that much.
readonly jetstream_bytes_min=$((1792 * 1024 * 1024))

# Bytes that JetStream may use: three quarters of what is free, at most 16 GiB. A disk that really
# fills up deadlocks 2.9.10, and a limit below what is free prevents it.
jetstream_bytes() { # directory
    local free_kib
    free_kib=$(df -Pk "$1" | awk 'NR == 2 { print $4 }')
    local bytes=$((free_kib * 1024 / 4 * 3)) max=$((16 * 1024 * 1024 * 1024))
    echo $((bytes < max ? bytes : max))
}

# Shell lines that name the seed of each user but the server's own, for DIR/env.
nats_seed_lines() { # directory
    local user
    for user in boot lobby mm world ops lab; do
        echo "MUSTER_NATS_${user^^}_SEED_FILE='$1/nats/keys/$user.seed'"
    done
}

nats_start() { # directory
    local home=$1/nats bytes port
    mkdir -p "$home/store"
    bytes=$(jetstream_bytes "$home")
    ((bytes >= jetstream_bytes_min)) ||
        die "$EXIT_UNAVAILABLE" "NATS needs 2.4 GiB of free disk under $home"
    rm -f "$home"/*.ports "$home"/*.log
    "$root/scripts/nats-keys" "$home/keys"
    cp "$root/config/nats-accounts.conf" "$home/nats-accounts.conf"
    # Port -1 lets the kernel choose at bind; the server reports what it got in a .ports file.
    port=${MUSTER_NATS_PORT:--1}
    # LAB is for tests that make streams of their own: all rights, and nothing of the game in it.
    cat >"$home/nats.conf" <<CONF
server_name: "muster-private"
host: "127.0.0.1"
port: $port
http: "127.0.0.1:-1"
ports_file_dir: "$home"
max_payload: 64KB
max_connections: 1024
write_deadline: "2s"
jetstream { store_dir: "$home/store", max_file: $bytes, max_mem: 268435456 }
system_account: SYS
accounts {
  include "nats-accounts.conf"
  LAB { jetstream: enabled, users: [ { nkey: \$MUSTER_NATS_LAB } ] }
}
CONF
    local public
    mapfile -t public <"$home/keys/public.env"
    detach "$1/nats.pid" "$home/nats.log" env "${public[@]}" nats-server -c "$home/nats.conf"
    local i url=''
    for ((i = 0; i < 200; i++)); do
        url=$(sed -n 's/.*"nats":\["\(nats:[^"]*\)".*/\1/p' "$home"/*.ports 2>/dev/null | head -1)
        [[ -z $url ]] || break
        living "$1/nats.pid" >/dev/null || break
        sleep 0.05
    done
    [[ -n $url ]] || return 1
    nats_url=$url
    nats_monitor_url=$(
        sed -n 's/.*"monitoring":\["\(http:[^"]*\)".*/\1/p' "$home"/*.ports | head -1)
    for ((i = 0; i < 100; i++)); do
        ! MUSTER_NATS_OPS_SEED_FILE=$home/keys/ops.seed nats_probe "$url" || return 0
        living "$1/nats.pid" >/dev/null || return 1
        sleep 0.1
    done
    return 1
}

nats_stop() { stop_process "$1/nats.pid" TERM 8; } # directory

# Writes a message to the stream MUSTER_PROBE and waits until it is stored: the monitoring endpoint
# says ok even where nothing can be written any more. Signs in with MUSTER_NATS_OPS_SEED_FILE if the
# server wants a signature, else with the URL's user and password.
nats_probe() ( # url
    set +e
    exec 2>/dev/null
    address=${1#nats://}
    address=${address%%[/,]*}
    credentials=''
    if [[ $address == *@* ]]; then
        user=${address%@*}
        credentials=",\"user\":\"${user%%:*}\",\"pass\":\"${user#*:}\""
        address=${address##*@}
    fi
    inbox=_IB.ops.probe.${BASHPID}.$RANDOM
    exec 7<>"/dev/tcp/${address%:*}/${address##*:}" || exit 1
    send() { printf '%s\r\n' "$@" >&7; }
    publish() { send "PUB $1 $inbox ${#2}" "$2"; }
    # Waits for the body of the next message and wants `pattern` in it.
    expect() {
        local line
        while IFS= read -r -t 3 line <&7; do
            line=${line%$'\r'}
            case $line in
            PING) send PONG ;;
            -ERR*) return 1 ;;
            MSG*)
                IFS= read -r -t 3 line <&7
                [[ $line == *"$1"* ]]
                return
                ;;
            esac
        done
        return 1
    }
    IFS= read -r -t 3 info <&7 || exit 1
    seed=${MUSTER_NATS_OPS_SEED_FILE:-}
    if [[ -n $seed && $info =~ \"nonce\":\"([^\"]+)\" ]]; then
        nonce=${BASH_REMATCH[1]} nkey=$root/scripts/lib/nkey.pl
        credentials=",\"nkey\":\"$(perl "$nkey" public "$seed")\""
        credentials+=",\"sig\":\"$(perl "$nkey" sign "$seed" "$nonce")\""
    fi
    send "CONNECT {\"verbose\":false,\"name\":\"muster-health\"$credentials}" "SUB $inbox 1"
    # Making a stream that is there as wanted changes nothing.
    publish "\$JS.API.STREAM.CREATE.MUSTER_PROBE" \
        '{"name":"MUSTER_PROBE","subjects":["muster.probe"],"max_msgs":1,"max_bytes":4096}'
    expect '"created"' || exit 1
    publish muster.probe 'round trip'
    expect '"seq":'
)
