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

# "id start" of a process and all that it started, whatever session they are in: SwiftPM gives its
# compilers groups of their own, and they outlive it.
tree_of() { # pid
    perl -e '
        my (%children, %start);
        for my $file (glob "/proc/[0-9]*/stat") {
            open(my $in, "<", $file) or next;
            my $line = <$in> // next;
            my ($pid, $rest) = $line =~ /^(\d+) \(.*\) (.*)$/ or next;
            my @fields = split / /, $rest;
            push @{$children{$fields[1]}}, $pid;
            $start{$pid} = $fields[19];
        }
        my @open = ($ARGV[0]);
        while (defined(my $pid = shift @open)) {
            print "$pid $start{$pid}\n" if $start{$pid};
            push @open, @{$children{$pid} // []};
        }' "$1"
}

# Signals those processes of a list that still are the same ones; false if none is left.
signal_tree() { # signal list
    local pid start found=1
    while read -r pid start; do
        [[ -n $pid && $(started_at "$pid") == "$start" ]] || continue
        kill -s "$1" "$pid" 2>/dev/null && found=0
    done <<<"$2"
    return $found
}

end_step() {
    [[ -n $step_pid ]] || return 0
    local i tree
    tree=$(tree_of "$step_pid")
    signal_tree TERM "$tree" || return 0
    for ((i = 0; i < 60; i++)); do
        signal_tree 0 "$tree" || return 0
        sleep 0.05
    done
    signal_tree KILL "$tree" || true
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
