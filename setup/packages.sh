#!/usr/bin/env bash
# Installs the Debian packages that are missing:
#   setup/packages.sh            what building and running Lectern takes
#   setup/packages.sh --check    and what ./check takes
#   setup/packages.sh --wheel    and what the wheel for Python takes
#   setup/packages.sh --sanitize and what ./check --sanitize takes
#   setup/packages.sh --cluster  and what a test cluster takes (setup/opensearch.sh)
# On another distribution it names what is needed and goes on when the tools are there.
set -euo pipefail
# shellcheck source=paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/paths.sh"
# shellcheck source=common.sh
source "$LECTERN_SETUP_DIR/common.sh"

build_packages=(
    g++ cmake ninja-build ccache mold pkg-config unzip python3 python3-pip
    librocksdb-dev libboost1.81-dev libboost-json1.81-dev libboost-filesystem1.81-dev
    libicu-dev libopenblas-dev libfasttext-dev libyaml-cpp-dev libcli11-dev
    libgumbo-dev libstemmer-dev libtomlplusplus-dev libpugixml-dev libzip-dev libarchive-dev libgmime-3.0-dev
    libgsf-1-dev libcurl4-openssl-dev libsqlite3-dev libsentencepiece-dev poppler-utils
)

packages=("${build_packages[@]}")
case ${1:-} in
    --check) packages+=(tesseract-ocr tesseract-ocr-eng catdoc binutils patchelf mmdebstrap dpkg-dev file lintian sqlite3 python3-venv nodejs chromium libgtest-dev libgmock-dev libbenchmark-dev clang-format-14 clang-tidy-14 clang-14 libclang-rt-14-dev) ;;
    --wheel) packages+=(binutils patchelf) ;;
    --cluster) packages+=(maven openjdk-17-jre-headless curl openssl) ;;
    --sanitize) packages+=(tesseract-ocr tesseract-ocr-eng catdoc python3-venv nodejs chromium libgtest-dev libgmock-dev libbenchmark-dev clang-14 libclang-rt-14-dev) ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    for tool in g++ cmake ninja pkg-config unzip python3 cargo; do
        command -v "$tool" >/dev/null 2>&1 ||
            die "this is not a Debian system, and the tool \"$tool\" is missing" \
                "install your distribution's counterparts of these Debian packages: ${packages[*]} cargo"
    done
    skip_step "packages" "no apt-get here; Debian's names of what is needed: ${packages[*]} cargo"
    exit 0
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || status=
    [[ $status == installed ]] || missing+=("$package")
done
# cargo fetches the source of FAISS, once. Any cargo will do; Debian 12 has two, and the
# newer one does not fetch the whole registry index first.
if ! command -v cargo >/dev/null 2>&1 && ! artefact_ready faiss; then
    missing+=(cargo)
fi

# Debian's nodejs comes without npm; others bring their own.
if [[ " ${packages[*]} " == *" nodejs "* ]] && ! command -v npm >/dev/null 2>&1; then
    missing+=(npm)
fi

if ((${#missing[@]} == 0)); then
    skip_step "packages" "done"
    exit 0
fi

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "error: step \"packages\" failed: these packages are missing, and you are neither root nor is sudo installed" >&2
        echo "  what to do: as root, run: apt-get install --no-install-recommends ${missing[*]/#cargo/cargo-web}" >&2
        exit 1
    fi
    # No terminal to type a password at: fail at once instead of waiting for one.
    as_root=(sudo)
    [[ -t 0 ]] || as_root=(sudo -n)
    if ! "${as_root[@]}" true; then
        echo "error: step \"packages\" failed: sudo was refused" >&2
        echo "  what to do: as root, run: apt-get install --no-install-recommends ${missing[*]/#cargo/cargo-web}" >&2
        exit 1
    fi
    as_root+=(--preserve-env=DEBIAN_FRONTEND)
fi

install_missing() {
    export DEBIAN_FRONTEND=noninteractive
    local unknown=() package
    if ! "${as_root[@]}" apt-get update; then
        echo "apt-get update failed; going on with the package lists that are there"
    fi
    if [[ " ${missing[*]} " == *" cargo "* && -n $(apt-cache madison cargo-web 2>/dev/null) ]]; then
        missing=("${missing[@]/%cargo/cargo-web}")
    fi
    for package in "${missing[@]}"; do
        [[ -n $(apt-cache madison "$package" 2>/dev/null) ]] || unknown+=("$package")
    done
    if ((${#unknown[@]} > 0)); then
        die "this system's package lists have no: ${unknown[*]}" \
            "Lectern is built on Debian 12; on another release install the counterparts yourself. If this is Debian 12, check /etc/apt/sources.list and run apt-get update"
    fi
    "${as_root[@]}" apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "${missing[@]}" ||
        die "apt-get could not install: ${missing[*]}" \
            "read the message of apt-get above (network, disk space, another apt-get running), then run the same command again"
}

# run_step starts a process of its own; this script calls itself for that.
if [[ -n ${LECTERN_PACKAGES_INNER:-} ]]; then
    install_missing
else
    LECTERN_PACKAGES_INNER=1 run_step packages "packages: install ${#missing[@]} (${missing[*]})" \
        "$LECTERN_CACHE/logs/packages.log" bash "$LECTERN_SETUP_DIR/packages.sh" "$@"
fi
