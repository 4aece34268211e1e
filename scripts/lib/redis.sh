# redis-server as a private server: append-only file, nothing evicted, loopback and a password.

redis_start() { # directory
    local home=$1/redis attempt port i password
    mkdir -p "$home"
    password=$(cat "$home/password" 2>/dev/null || random_hex)
    (umask 077 && echo "$password" >"$home/password")
    for attempt in 1 2 3 4 5; do
        port=${MUSTER_REDIS_PORT:-$(free_port)}
        redis_url="redis://default:$password@127.0.0.1:$port/0"
        (umask 077 && cat >"$home/redis.conf") <<CONF
bind 127.0.0.1
port $port
requirepass $password
dir "$home"
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy noeviction
CONF
        detach "$1/redis.pid" "$home/redis.log" redis-server "$home/redis.conf"
        for ((i = 0; i < 200; i++)); do
            ! redis_probe "$redis_url" || return 0
            living "$1/redis.pid" >/dev/null || break
            sleep 0.05
        done
        # Someone else took the port between the question and the bind.
        grep -q "Address already in use" "$home/redis.log" || return 1
    done
    return 1
}

redis_stop() { stop_process "$1/redis.pid" TERM 8; } # directory

# Writes and reads back a key that ends by itself.
redis_probe() { # url
    local key="muster:probe:$$:$RANDOM"
    [[ $(timeout 3 redis-cli --no-auth-warning -u "$1" SET "$key" ok EX 10 2>/dev/null) == OK &&
        $(timeout 3 redis-cli --no-auth-warning -u "$1" GETDEL "$key" 2>/dev/null) == ok ]]
}
