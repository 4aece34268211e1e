# Long steps that Ctrl-C, SIGTERM or a closed terminal end at once, with a clean-up that runs
# exactly once afterwards. The including script defines `finish`.

step_pid=''
locked=''

# Runs a command in a session of its own and waits for it; its whole group ends on a signal.
run_step() {
    setsid "$@" 9>&- &
    step_pid=$!
    local code=0
    wait "$step_pid" || code=$?
    step_pid=''
    return "$code"
}

# Runs a command that must not be cut short; a signal takes effect when it has ended.
run_whole() {
    local code=0 signalled=''
    trap 'signalled=130' INT
    trap 'signalled=143' TERM
    trap 'signalled=129' HUP
    "$@" 9>&- &
    local pid=$!
    # A signal ends `wait` before the command has ended; only then it is asked again.
    while true; do
        code=0
        wait "$pid" || code=$?
        kill -0 "$pid" 2>/dev/null || break
    done
    trap_signals
    [[ -z $signalled ]] || exit "$signalled"
    return "$code"
}

end_step() {
    [[ -n $step_pid ]] || return 0
    local i
    kill -s TERM -- "-$step_pid" 2>/dev/null || true
    for ((i = 0; i < 100; i++)); do
        kill -0 -- "-$step_pid" 2>/dev/null || return 0
        sleep 0.05
    done
    kill -s KILL -- "-$step_pid" 2>/dev/null || true
}

trap_signals() {
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
}

on_exit() {
    local code=$?
    # The clean-up is not interrupted by an impatient second Ctrl-C.
    trap '' INT TERM HUP
    set +e
    end_step
    # Without the lock, what runs here belongs to someone else.
    [[ -n $locked ]] || exit "$code"
    finish "$code"
}

# Takes the lock `.run/NAME.lock` until the script ends, so that one checkout runs one at a time.
only_one() { # name
    mkdir -p "$root/.run"
    exec 9>"$root/.run/$1.lock"
    # The second test: the file may have been removed by its last owner while we opened it.
    flock -n 9 && [[ $root/.run/$1.lock -ef /proc/self/fd/9 ]] ||
        die "$EXIT_TEMPORARY" "another 'make $1' works in this checkout"
    locked=yes
}

trap on_exit EXIT
trap_signals
