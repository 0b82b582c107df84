#!/usr/bin/env bash
# FAISS from the source inside the faiss-sys crate, compiled twice: for AVX2, and for
# AVX-512 in glibc-hwcaps/, where the C library's loader looks first on a CPU that
# has it. Programs link the first; which one they run with is the loader's choice.
set -euo pipefail
# shellcheck source=../paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../paths.sh"
# shellcheck source=../common.sh
source "$LECTERN_SETUP_DIR/common.sh"

with_lock faiss
! artefact_ready faiss || exit 0
need cmake cmake
need ninja ninja-build
need g++ g++

work=$LECTERN_CACHE/.work/$(basename -- "$FAISS_DIR")
source_dir=$work/vendor/faiss-sys/faiss
mkdir -p "$work"

if [[ ! -d $source_dir ]]; then
    need cargo cargo
    rm -rf "$work/fetch" "$work/vendor.part"
    # A copy, because cargo may want to write beside the manifest.
    cp -r "$LECTERN_SETUP_DIR/faiss-fetch" "$work/fetch"
    if ! (cd "$work/fetch" && cargo vendor --locked "$work/vendor.part") >"$work/cargo.log" 2>&1; then
        cat "$work/cargo.log"
        if grep -qi 'checksum' "$work/cargo.log"; then
            die "the download of the crate faiss-sys $FAISS_CRATE_VERSION does not match its checksum in setup/faiss-fetch/Cargo.lock" \
                "do not use it; try again, and if it stays so, check the crate registry that cargo is set to use"
        fi
        die "downloading the crate faiss-sys $FAISS_CRATE_VERSION (FAISS $FAISS_VERSION) with cargo failed" \
            "check the network and the proxy settings, then run the same command again; finished steps are kept"
    fi
    mv -T "$work/vendor.part" "$work/vendor"
fi

launcher_flags
build_variant() { # FLAGS BUILD-FOLDER
    # An interrupted build goes on where it stopped.
    cmake -S "$source_dir" -B "$2" -G Ninja "${FAISS_CMAKE_FLAGS[@]}" "${LAUNCHER[@]}" \
        -DCMAKE_CXX_FLAGS="$1" -DCMAKE_INSTALL_PREFIX="$work/stage" -DCMAKE_INSTALL_LIBDIR=lib
    cmake --build "$2" --target faiss --parallel "$(jobs_count)"
}
build_variant "$FAISS_FLAGS_V3" "$work/v3"
build_variant "$FAISS_FLAGS_V4" "$work/v4"

rm -rf "$work/stage"
cmake --install "$work/v3" --strip
mkdir -p "$work/stage/lib/glibc-hwcaps/x86-64-v4"
install -s -m 644 "$work/v4/faiss/libfaiss.so" "$work/stage/lib/glibc-hwcaps/x86-64-v4/libfaiss.so"
mkdir -p "$work/stage/licenses"
cp "$source_dir/LICENSE" "$work/stage/licenses/faiss"
mv -T "$work/stage" "$FAISS_DIR"
rm -rf "$work"
