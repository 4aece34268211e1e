# Shared by every script: where the checkout is, how to speak, and how to start and stop
# processes so that a recycled process id is never signalled. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

# Swift's crash backtracer outlives its process and keeps pipes open, which hangs a caller that
# reads them; a crash still reports its message without it.
export SWIFT_BACKTRACE=${SWIFT_BACKTRACE:-enable=no}
# A user's PostgreSQL habits (PGHOST, PGSERVICE, ...) must not redirect our private server.
while IFS='=' read -r name _; do unset "$name"; done < <(env | grep -E '^PG[A-Z]+=' || true)

# Exit codes as in sysexits.h.
readonly EXIT_USAGE=64 EXIT_UNAVAILABLE=69 EXIT_SOFTWARE=70 EXIT_TEMPORARY=75 EXIT_NOPERM=77

# Colour at a terminal changes the compilers' command lines, and with them everything is rebuilt when
# a script and a person take turns.
readonly swift_options=(--no-color-diagnostics)

if [[ -t 1 ]]; then bold=$'\033[1m' plain=$'\033[0m'; else bold='' plain=''; fi

say() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }
note() { printf '    %s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
    local code=$1
    shift
    warn "$*"
    exit "$code"
}

# Seconds since `since` (a value of $EPOCHREALTIME) with one decimal.
elapsed() {
    local now=${EPOCHREALTIME/[.,]/} then=${1/[.,]/}
    local tenths=$(((now - then) / 100000))
    printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# Start time of a process in clock ticks since boot; with the id it names a process for good.
# Fails for a process that is gone or only waits to be reaped.
started_at() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) }
    [[ $stat != [ZX]* ]] || return 1
    set -- $stat
    echo "${20}"
}

# Runs a command in a session of its own, so that Ctrl-C at the terminal does not reach it: what
# we start, we stop ourselves in the right order. Its id and start time go to `pid_file`.
detach() { # pid_file log_file command...
    local pid_file=$1 log_file=$2
    shift 2
    (
        cd /
        trap - INT TERM HUP
        # Descriptors 8 and 9 are locks of the callers; a server must not keep them alive.
        exec setsid "$@" </dev/null >>"$log_file" 2>&1 8>&- 9>&-
    ) &
    local pid=$!
    printf '%s %s\n' "$pid" "$(started_at "$pid" || echo 0)" >"$pid_file"
}

# The id in a pid file if that very process still runs.
living() { # pid_file
    local pid start
    read -r pid start 2>/dev/null <"$1" || return 1
    [[ -n $start && $(started_at "$pid") == "$start" ]] && echo "$pid"
}

# Asks a process to stop, waits, then kills it. True if it went by itself.
stop_process() { # pid_file signal seconds
    local pid i
    if ! pid=$(living "$1"); then
        rm -f "$1"
        return 0
    fi
    kill -s "$2" "$pid" 2>/dev/null || true
    for ((i = 0; i < $3 * 20; i++)); do
        if ! living "$1" >/dev/null; then
            rm -f "$1"
            return 0
        fi
        sleep 0.05
    done
    kill -s KILL "$pid" 2>/dev/null || true
    sleep 0.1
    rm -f "$1"
    return 1
}

# A port that was free a moment ago, chosen by the kernel. perl-base is essential on Debian.
free_port() {
    perl -MIO::Socket::INET -e \
        'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

# 128 random bits in hexadecimal.
random_hex() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
