# shellcheck shell=bash disable=SC2034
# What the set-up scripts share: steps with times and logs, failures that say what
# to do, locks. Sourced after paths.sh.

# now: seconds with a fraction, without starting a process.
now() {
    printf '%s' "$EPOCHREALTIME"
}

# since T: "0.4 s", "3 min 12 s"
since() {
    local tenths=$(((10#${EPOCHREALTIME/[.,]/} - 10#${1/[.,]/}) / 100000))
    if ((tenths < 600)); then
        printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
    else
        printf '%d min %d s' $((tenths / 600)) $((tenths % 600 / 10))
    fi
}

# explain_failure STEP COMMAND LOG REPORT: one failure, in full, on stderr.
explain_failure() {
    local step=$1 command=$2 log=$3 report=$4
    {
        printf '\nerror: step "%s" failed' "$step"
        if [[ -s $report ]]; then
            printf ': %s\n' "$(sed -n 1p "$report")"
        else
            printf ': %s\n' "$command"
        fi
        if [[ -s $log ]]; then
            printf '  log:        %s\n  last lines:\n' "$log"
            tail -n 15 "$log" | sed 's/^/    | /'
        fi
        if [[ -s $report ]] && (($(wc -l <"$report") > 1)); then
            printf '  what to do: %s\n' "$(sed -n '2,$p' "$report" | sed '2,$s/^/              /')"
        else
            printf '  what to do: %s\n' "${STEP_ADVICE:-read the log above, then run the same command again; finished steps are kept}"
        fi
    } >&2
}

# watch_log LOG: on a terminal, shows ninja's counter ("[37/96]") after a step's title until
# it is killed or the program has ended.
watch_log() {
    local text shown=
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        text=$(tail -c 400 "$1" 2>/dev/null | grep -oE '^\[[0-9]+/[0-9]+\]' | tail -n 1) || true
        if [[ -n $text && $text != "$shown" ]]; then
            printf '%s%s' "$text" "${text//?/$'\b'}"
            shown=$text
        fi
    done
}

# STEP_ADVICE, when set, replaces the default "what to do".
#
# run_step NAME TITLE LOG COMMAND…: prints one line, keeps the output in LOG, and
# ends the program with a full message when COMMAND fails. COMMAND runs as its own
# process, so its `set -e` holds, and never reads a terminal.
run_step() {
    local name=$1 title=$2 log=$3
    shift 3
    local start report watcher="" status=0
    start=$(now)
    mkdir -p "$(dirname -- "$log")" 2>/dev/null ||
        die "cannot write to the folder $(dirname -- "$log") (step \"$name\")" \
            "make it writable; for the cache, you may set LECTERN_CACHE to a folder that is"
    # Another checkout may run the same step with the same log at the same time.
    local partial=$log.$$
    report=$partial.report
    rm -f "$report"
    printf '==> %s … ' "$title"
    if [[ -t 1 ]]; then
        watch_log "$partial" &
        watcher=$!
    fi
    LECTERN_STEP_REPORT=$report "$@" >"$partial" 2>&1 </dev/null || status=$?
    mv -f "$partial" "$log"
    if [[ -n $watcher ]]; then
        kill "$watcher" 2>/dev/null || true
        wait "$watcher" 2>/dev/null || true
        printf '\033[K'
    fi
    if ((status == 0)); then
        rm -f "$report"
        printf 'done (%s)\n' "$(since "$start")"
    else
        printf 'failed (%s)\n' "$(since "$start")"
        explain_failure "$name" "$*" "$log" "$report"
        rm -f "$report"
        exit 1
    fi
}

# show_step NAME TITLE COMMAND…: the same for a command whose output is the point.
show_step() {
    local name=$1 title=$2 start status=0
    shift 2
    start=$(now)
    printf '==> %s\n' "$title"
    "$@" </dev/null || status=$?
    if ((status != 0)); then
        printf '==> %s … failed (%s)\n' "$title" "$(since "$start")"
        explain_failure "$name" "$* (exit code $status)" "" ""
        exit 1
    fi
    printf '==> %s … done (%s)\n' "$title" "$(since "$start")"
}

skip_step() {
    printf '==> %s … skipped: %s\n' "$1" "$2"
}

# die WHAT [TO DO]: for use inside a step. The first line names what failed, the
# rest what to do about it; both go to the log and to the person at the terminal.
die() {
    printf 'error: %s\n' "$1"
    [[ -z ${2:-} ]] || printf 'what to do: %s\n' "$2"
    if [[ -n ${LECTERN_STEP_REPORT:-} ]]; then
        printf '%s\n' "$@" >"$LECTERN_STEP_REPORT"
    fi
    exit 1
} >&2

# need TOOL PACKAGE: a tool that a step cannot do without.
need() {
    command -v "$1" >/dev/null 2>&1 ||
        die "the tool \"$1\" is missing" \
            "install it (Debian: apt-get install $2) or run setup/packages.sh, then run the same command again"
}

# with_lock NAME: holds the cache's lock of that name until this process ends, so
# that two checkouts never build the same artefact at once.
with_lock() {
    mkdir -p "$LECTERN_CACHE/.locks" 2>/dev/null ||
        die "cannot write to the cache $LECTERN_CACHE" \
            "make it writable, or set LECTERN_CACHE to a folder that is"
    exec 9>"$LECTERN_CACHE/.locks/$1"
    if ! flock -n 9; then
        echo "waiting: another process is making $1"
        flock 9
    fi
}

# launcher_flags: sets LAUNCHER to the CMake flags that put ccache before the compiler.
launcher_flags() {
    LAUNCHER=()
    if command -v ccache >/dev/null 2>&1; then
        LAUNCHER=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
}

# jobs: one per core, fewer when memory is short (a C++ compiler takes up to 1 GB).
jobs_count() {
    local cores gigabytes
    cores=$(nproc)
    gigabytes=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || echo "$cores")
    ((gigabytes >= 1)) || gigabytes=1
    echo $((cores < gigabytes ? cores : gigabytes))
}

# publish_model STAGE FOLDER STAMP-FILE STAMP: puts a complete model folder in place.
publish_model() {
    mkdir -p "$(dirname -- "$2")"
    rm -rf "$3" "$2"
    mv -T "$1" "$2"
    printf '%s\n' "$4" >"$3.part"
    mv -T "$3.part" "$3"
}

# cmake_steps PRESET FOLDER TITLE: configures (once: ninja does it again when a CMake file
# changes) and builds.
cmake_steps() {
    local preset=$1 folder=$2 title=$3 cached=
    STEP_ADVICE="read the log above; if it speaks of another source folder, generator or compiler, delete $folder; then run the same command again"
    if [[ -f $folder/CMakeCache.txt ]]; then
        cached=$(sed -n 's/^LECTERN_CACHE:[A-Z]*=//p' "$folder/CMakeCache.txt")
    fi
    if [[ -f $folder/build.ninja && $cached == "$LECTERN_CACHE" ]]; then
        skip_step "configure ($preset)" "done"
    else
        run_step configure "configure ($preset)" "$folder/logs/configure.log" \
            cmake --preset "$preset" "-DLECTERN_CACHE=$LECTERN_CACHE"
    fi
    if [[ $(ninja -C "$folder" -n 2>/dev/null | tail -n 1) == *"no work to do"* ]]; then
        skip_step "$title" "done"
    else
        STEP_ADVICE="correct what the compiler says above, then run the same command again; what is compiled is kept"
        run_step build "$title" "$folder/logs/build.log" \
            cmake --build --preset "$preset" --parallel "$(jobs_count)"
    fi
    unset STEP_ADVICE
}
