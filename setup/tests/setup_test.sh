#!/usr/bin/env bash
# Tests of the set-up scripts: skipping, failing, being interrupted, running twice at once.
# Nothing is downloaded: package clients are stubs, the wheel is a small fake, and the cache
# is a temporary folder.   setup_test.sh [CASE…]
set -euo pipefail

source_setup=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
root=$(dirname -- "$source_setup")
unset LECTERN_STEP_REPORT STEP_ADVICE LECTERN_PACKAGES_INNER

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    if [[ -f $tmp/output ]]; then
        sed 's/^/    | /' "$tmp/output" >&2
    fi
    exit 1
}

expect_output() { # TEXT…: each is somewhere in the output of the last run
    local text
    for text in "$@"; do
        grep -qF -- "$text" "$tmp/output" || fail "the output lacks: $text"
    done
}

run() { # COMMAND…: output in $tmp/output, exit code in $code
    code=0
    "$@" >"$tmp/output" 2>&1 </dev/null || code=$?
}

# A copy of setup/ whose OpenVINO wheel is a small file of ours, with a cache of its own.
prepare() {
    tmp=$(mktemp -d)
    trap 'rm -rf "$tmp"' EXIT
    cp -r "$source_setup" "$tmp/setup"
    setup=$tmp/setup
    export LECTERN_CACHE=$tmp/cache
    mkdir -p "$tmp/wheel/openvino/libs" "$tmp/wheel/openvino/include" "$tmp/wheel/openvino/cmake" \
        "$tmp/wheel/openvino-1.dist-info/licenses" "$tmp/bin"
    echo library >"$tmp/wheel/openvino/libs/libopenvino.so.1"
    echo gpu >"$tmp/wheel/openvino/libs/libopenvino_intel_gpu_plugin.so"
    echo header >"$tmp/wheel/openvino/include/openvino.hpp"
    echo cmake >"$tmp/wheel/openvino/cmake/OpenVINOConfig.cmake"
    echo licence >"$tmp/wheel/openvino-1.dist-info/licenses/LICENSE"
    (cd "$tmp/wheel" && python3 -m zipfile -c "$tmp/openvino-1-py3-none-any.whl" openvino openvino-1.dist-info)
    sed -i "s/^OPENVINO_SHA256=.*/OPENVINO_SHA256=$(sha256sum "$tmp/openvino-1-py3-none-any.whl" | cut -d' ' -f1)/" \
        "$setup/versions.sh"
    # Artefacts have no time stamps of their own; the script says where they will be.
    mapfile -t folders < <(bash "$setup/paths.sh")
    openvino=${folders[0]}
    export PATH=$tmp/bin:$PATH
}

# stub_pip BODY: python3, pip3 and pip answer --version and run BODY for a download, with
# $destination set.
stub_pip() {
    local name
    for name in python3 pip3 pip; do
        cat >"$tmp/bin/$name" <<STUB
#!/usr/bin/env bash
[[ " \$* " != *" --version "* ]] || exit 0
while ((\$# > 0)); do
    [[ \$1 != --dest ]] || destination=\$2
    shift
done
echo called >>"$tmp/pip-calls"
$1
STUB
        chmod +x "$tmp/bin/$name"
    done
}
good_pip() {
    stub_pip "cp '$tmp/openvino-1-py3-none-any.whl' \"\$destination/\""
}

assert_complete() {
    [[ -f $openvino/openvino/libs/libopenvino.so.1 && -L $openvino/openvino/libs/libopenvino.so &&
        -f $openvino/openvino/include/openvino.hpp && -f $openvino/licenses/LICENSE ]] ||
        fail "the OpenVINO folder is not complete"
    [[ ! -e $openvino/openvino/libs/libopenvino_intel_gpu_plugin.so ]] || fail "the GPU plugin was kept"
    [[ -z $(find "$LECTERN_CACHE/.work" "$LECTERN_CACHE/.downloads" -type f) ]] ||
        fail "temporary files are left in the cache"
}

case_second_run_is_skipped() {
    good_pip
    run bash "$setup/third-party.sh" openvino
    ((code == 0)) || fail "first run"
    expect_output "done ("
    assert_complete
    # And with everything there, nothing but looking happens.
    mkdir -p "${folders[@]}"
    local stamp
    for stamp in BERT GPT; do
        bash -c "source '$setup/paths.sh'; printf '%s\n' \"\$${stamp}_STAMP\" >\"\$${stamp}_STAMP_FILE\""
    done
    local begin=$SECONDS
    run bash "$setup/third-party.sh"
    ((code == 0)) || fail "second run"
    ((SECONDS - begin <= 3)) || fail "the second run took $((SECONDS - begin)) s"
    (($(grep -c 'skipped: done' "$tmp/output") == 5)) || fail "not all five were skipped"
    (($(wc -l <"$tmp/pip-calls") == 1)) || fail "pip ran again"
}

case_failed_download_says_what_to_do() {
    stub_pip 'echo "NewConnectionError: Failed to establish a new connection"; echo "ERROR: No matching distribution found"; exit 1'
    run bash "$setup/third-party.sh" openvino
    ((code == 1)) || fail "exit code $code"
    expect_output 'step "openvino" failed' 'downloading openvino' 'check the network' "$LECTERN_CACHE/logs/openvino.log"
    [[ ! -e $openvino ]] || fail "a folder was left"
}

case_wrong_hash_is_refused() {
    stub_pip 'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."; exit 1'
    run bash "$setup/third-party.sh" openvino
    ((code == 1)) || fail "exit code $code"
    expect_output 'SHA-256 differs' 'do not use it'
    # A client that does not check is checked.
    # shellcheck disable=SC2016
    stub_pip 'echo other >"$destination/openvino-1-py3-none-any.whl"'
    run bash "$setup/third-party.sh" openvino
    ((code == 1)) || fail "exit code $code"
    expect_output 'no file of openvino'
    [[ ! -e $openvino ]] || fail "a folder was left"
}

# stub_cargo HASH: cargo vendors an empty crate of that hash, as it would write it down.
stub_cargo() {
    cat >"$tmp/bin/cargo" <<STUB
#!/usr/bin/env bash
mkdir -p "\${!#}/faiss-sys/faiss"
echo '{"files":{},"package":"$1"}' >"\${!#}/faiss-sys/.cargo-checksum.json"
STUB
    # No compiler is started for an empty source.
    printf '#!/bin/sh\necho "cmake was called"; exit 1\n' >"$tmp/bin/cmake"
    chmod +x "$tmp/bin/cargo" "$tmp/bin/cmake"
}

case_wrong_crate_is_refused() {
    local right
    right=$(bash -c "source '$setup/versions.sh'; echo \"\$FAISS_SHA256\"")
    stub_cargo "${right//[0-9]/0}"
    run bash "$setup/third-party.sh" faiss
    ((code == 1)) || fail "exit code $code"
    expect_output 'faiss-sys' 'SHA-256 differs' 'do not use it'
    ! grep -q 'cmake was called' "$tmp/output" || fail "the wrong crate was used"
    stub_cargo "$right"
    run bash "$setup/third-party.sh" faiss
    expect_output 'cmake was called'
    # One version in two files, and no lock file that names a registry.
    grep -qxF "faiss-sys = \"=$(bash -c "source '$setup/versions.sh'; echo \"\$FAISS_CRATE_VERSION\"")\"" \
        "$setup/faiss-fetch/Cargo.toml" || fail "Cargo.toml and versions.sh name two versions"
}

case_full_disk_is_named() {
    stub_pip 'echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"; exit 1'
    run bash "$setup/third-party.sh" openvino
    ((code == 1)) || fail "exit code $code"
    expect_output 'the disk is full' 'LECTERN_CACHE'
}

case_missing_pip_is_named() {
    stub_pip 'exit 1'
    sed -i 's/.*--version.*/[[ " $* " != *" --version "* ]] || exit 1/' "$tmp"/bin/*
    run bash "$setup/third-party.sh" openvino
    ((code == 1)) || fail "exit code $code"
    expect_output 'pip is missing' 'python3-pip'
}

case_missing_tool_is_named() {
    good_pip
    local tool
    mkdir "$tmp/few"
    for tool in bash dirname cut sha256sum mkdir flock basename rm mv sed tail tr wc uname cat env; do
        ln -s "$(command -v "$tool")" "$tmp/few/$tool"
    done
    PATH=$tmp/few run bash "$setup/third-party.sh" openvino
    ((code == 1)) || fail "exit code $code"
    expect_output 'the tool "unzip" is missing' 'apt-get install unzip'
}

# kill_when FILE COMMAND…: starts COMMAND in a process group of its own and kills the
# group as soon as FILE exists.
kill_when() {
    local file=$1 group
    shift
    setsid "$@" >"$tmp/output" 2>&1 </dev/null &
    group=$!
    for _ in $(seq 200); do
        [[ ! -e $file ]] || break
        sleep 0.05
    done
    [[ -e $file ]] || fail "the command never came to the place where it is to be killed"
    kill -KILL -- "-$group"
    wait "$group" 2>/dev/null || true
}

case_killed_download_is_redone() {
    stub_pip "echo half >\"\$destination/openvino-1-py3-none-any.whl\"; touch '$tmp/now'; sleep 60"
    kill_when "$tmp/now" bash "$setup/third-party.sh" openvino
    [[ ! -e $openvino ]] || fail "a folder was left"
    good_pip
    run bash "$setup/third-party.sh" openvino
    ((code == 0)) || fail "the run after the interruption"
    assert_complete
}

case_killed_unpacking_is_redone() {
    good_pip
    cat >"$tmp/bin/unzip" <<STUB
#!/usr/bin/env bash
mkdir -p "\${!#}/openvino/libs"
echo half >"\${!#}/openvino/libs/half.so.1"
touch "$tmp/now"
sleep 60
STUB
    chmod +x "$tmp/bin/unzip"
    kill_when "$tmp/now" bash "$setup/third-party.sh" openvino
    [[ ! -e $openvino ]] || fail "a folder was left"
    rm "$tmp/bin/unzip"
    run bash "$setup/third-party.sh" openvino
    ((code == 0)) || fail "the run after the interruption"
    assert_complete
    [[ ! -e $openvino/openvino/libs/half.so.1 ]] || fail "half of the first run was kept"
    (($(wc -l <"$tmp/pip-calls") == 1)) || fail "a complete download was not used again"
}

case_two_at_once_make_it_once() {
    stub_pip "sleep 0.5; cp '$tmp/openvino-1-py3-none-any.whl' \"\$destination/\""
    local pids=() pid
    for _ in 1 2 3; do
        bash "$setup/third-party.sh" openvino >"$tmp/output" 2>&1 </dev/null &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || fail "one of three runs at once"
    done
    assert_complete
    (($(wc -l <"$tmp/pip-calls") == 1)) || fail "the download was made more than once"
}

case_any_folder_and_relative_cache() {
    good_pip
    mkdir -p "$tmp/some where"
    cd "$tmp/some where"
    LECTERN_CACHE="own cache" run bash "$setup/third-party.sh" openvino
    ((code == 0)) || fail "with a relative cache"
    [[ -f "$tmp/some where/own cache/$(basename "$openvino")/openvino/libs/libopenvino.so.1" ]] ||
        fail "the relative cache is not where the caller is"
    cd /
    run "$root/quickstart" --help
    ((code == 0)) || fail "quickstart --help from /"
    run "$root/check" --help
    ((code == 0)) || fail "check --help from /"
    run "$root/check" --sanitize memory
    ((code == 1)) || fail "check --sanitize memory"
    expect_output 'address, thread or undefined'
    run "$root/check" --sanitize
    ((code == 1)) || fail "check --sanitize alone"
    run "$root/quickstart" --no-such
    ((code == 1)) || fail "quickstart --no-such"
    expect_output 'unknown argument "--no-such"'
}

case_unwritable_cache_is_named() {
    touch "$tmp/file"
    LECTERN_CACHE=$tmp/file/cache run bash "$setup/third-party.sh" openvino
    ((code != 0)) || fail "an unwritable cache went through"
    expect_output "cannot write to the folder $tmp/file/cache" 'LECTERN_CACHE'
}

case_unknown_name_is_refused() {
    run bash "$setup/third-party.sh" nothing
    ((code == 1)) || fail "exit code $code"
    expect_output 'knows no "nothing"'
}

case_neither_root_nor_sudo() {
    local as_user=() tool
    mkdir "$tmp/few"
    for tool in bash dirname cut sha256sum mkdir cat env; do
        ln -s "$(command -v "$tool")" "$tmp/few/$tool"
    done
    printf '#!/bin/sh\nexit 1\n' >"$tmp/few/dpkg-query"
    printf '#!/bin/sh\nexit 1\n' >"$tmp/few/apt-get"
    chmod +x "$tmp/few/dpkg-query" "$tmp/few/apt-get"
    if ((EUID == 0)); then
        chmod 755 "$tmp"
        as_user=("$(command -v setpriv)" --reuid=65534 --regid=65534 --clear-groups)
    fi
    PATH=$tmp/few run "${as_user[@]}" "$(command -v bash)" "$setup/packages.sh"
    ((code == 1)) || fail "exit code $code"
    expect_output 'neither root' 'as root, run: apt-get install' 'librocksdb-dev'
}

case_installed_packages_are_skipped() {
    printf '#!/bin/sh\necho installed\n' >"$tmp/bin/dpkg-query"
    printf '#!/bin/sh\nexit 0\n' >"$tmp/bin/cargo"
    printf '#!/bin/sh\necho "apt-get must not run" >&2; exit 1\n' >"$tmp/bin/apt-get"
    chmod +x "$tmp"/bin/*
    run bash "$setup/packages.sh" --check
    ((code == 0)) || fail "exit code $code"
    expect_output 'packages … skipped: done'
}

# A checkout of stubs around .ci/run: each says that it was called, and ends with the code in its file.
stub_checkout() {
    local name
    mkdir -p "$tmp/tree/.ci" "$tmp/tree/setup"
    cp "$root/.ci/run" "$tmp/tree/.ci/run"
    for name in check setup/packages.sh setup/opensearch.sh; do
        cat >"$tmp/tree/$name" <<STUB
#!/usr/bin/env bash
echo "called: $name \$*"
code=$tmp/code-$(basename "$name")
[[ ! -f \$code-\${1:-} ]] || exit "\$(<"\$code-\${1:-}")"
STUB
        chmod +x "$tmp/tree/$name"
    done
    unset LECTERN_CI_CLUSTER LECTERN_CI_MINUTES
}

case_continuous_integration_runs_the_cluster() {
    stub_checkout
    run "$tmp/tree/.ci/run"
    ((code == 0)) || fail "exit code $code"
    [[ $(grep -c '^called: ' "$tmp/output") == 4 && $(sed -n 1p "$tmp/output") == "called: check " ]] ||
        fail "not the calls that are wanted"
    expect_output 'called: setup/packages.sh --cluster' 'called: setup/opensearch.sh install' 'called: check --cluster'

    # A failure is said, and is one where the cluster is demanded; so is what cannot be had.
    echo 1 >"$tmp/code-check---cluster"
    run "$tmp/tree/.ci/run" --tidy
    ((code == 0)) || fail "exit code $code of a cluster that fails and does not decide"
    expect_output 'called: check --tidy' 'called: check --cluster' 'cluster … FAILED (exit code 1;'
    LECTERN_CI_CLUSTER=1 run "$tmp/tree/.ci/run"
    ((code == 1)) || fail "exit code $code of a cluster that fails"
    echo 75 >"$tmp/code-opensearch.sh-install"
    run "$tmp/tree/.ci/run"
    ((code == 0)) || fail "exit code $code without OpenSearch"
    expect_output 'cluster … LEFT OUT: OpenSearch cannot be downloaded'
    LECTERN_CI_CLUSTER=1 run "$tmp/tree/.ci/run"
    ((code == 75)) || fail "exit code $code without OpenSearch, which is demanded"
    echo 1 >"$tmp/code-opensearch.sh-install"
    run "$tmp/tree/.ci/run"
    ((code == 0)) || fail "exit code $code with another OpenSearch than is pinned"
    expect_output 'cluster … FAILED (exit code 1;'
    LECTERN_CI_CLUSTER=1 run "$tmp/tree/.ci/run"
    ((code == 1)) || fail "exit code $code with another OpenSearch than is pinned, which is demanded"
    echo 1 >"$tmp/code-check-"
    run "$tmp/tree/.ci/run"
    ((code == 1)) || fail "exit code $code of a check that fails"
    [[ $(grep -c '^called: ' "$tmp/output") == 1 ]] || fail "it goes on after a failure"
}

case_continuous_integration_leaves_the_cluster_out() {
    stub_checkout
    LECTERN_CI_MINUTES=24 run "$tmp/tree/.ci/run"
    ((code == 0)) || fail "exit code $code"
    expect_output 'cluster … LEFT OUT: 0 minutes of 24 are over'
    LECTERN_CI_CLUSTER=0 run "$tmp/tree/.ci/run"
    expect_output 'LEFT OUT: LECTERN_CI_CLUSTER is 0'
    run "$tmp/tree/.ci/run" --sanitize address
    expect_output 'called: check --sanitize address' 'LEFT OUT: ./check was given arguments (--sanitize address)'
    LECTERN_CI_CLUSTER=1 LECTERN_CI_MINUTES=1 run "$tmp/tree/.ci/run" --fast
    ((code == 0)) || fail "exit code $code"
    expect_output 'called: check --fast' 'called: check --cluster'
    run "$tmp/tree/.ci/run" --cluster
    [[ $(grep -c '^called: ' "$tmp/output") == 1 ]] || fail "the cluster is started twice"
}

# What cannot be downloaded has a code of its own, and what is another file than is pinned has not.
case_opensearch_that_cannot_be_had() {
    local name
    for name in unzip curl java; do
        printf '#!/bin/sh\nexit 0\n' >"$tmp/bin/$name"
    done
    mkdir -p "$tmp/java/bin"
    cp "$tmp/bin/java" "$tmp/java/bin/java"
    export OPENSEARCH_JAVA_HOME=$tmp/java
    sed -i "s#^\(((EUID != 0)) || place=\).*#\1$tmp/place#" "$setup/opensearch.sh"
    printf '#!/bin/sh\necho "no route to any host"; exit 1\n' >"$tmp/bin/mvn"
    chmod +x "$tmp"/bin/* "$tmp/java/bin/java"
    run bash "$setup/opensearch.sh" install
    ((code == 75)) || fail "exit code $code"
    expect_output 'no route to any host' 'cannot be downloaded' 'what to do: see that Maven'
    printf '#!/bin/sh\nexit 0\n' >"$tmp/bin/mvn" # and has brought nothing
    run bash "$setup/opensearch.sh" install
    ((code == 1)) || fail "exit code $code"
    expect_output 'is not the one that is pinned'
}

case_scripts_pass_shellcheck() {
    if ! command -v shellcheck >/dev/null 2>&1; then
        echo "shellcheck is not installed: not checked"
        return
    fi
    run shellcheck -x -P SCRIPTDIR "$root/quickstart" "$root/check" "$root/.ci/run" \
        "$source_setup"/*.sh "$source_setup"/steps/*.sh "$source_setup"/tests/*.sh \
        "$root"/packaging/lectern-models "$root"/packaging/debian/{postinst,prerm,postrm}
    ((code == 0)) || fail "shellcheck"
}

cases=("$@")
if ((${#cases[@]} == 0)); then
    mapfile -t cases < <(declare -F | sed -n 's/^declare -f case_//p')
fi
for name in "${cases[@]}"; do
    (
        prepare
        "case_$name"
    )
    echo "passed: $name"
done
