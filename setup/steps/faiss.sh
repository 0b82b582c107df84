#!/usr/bin/env bash
# FAISS from the source inside the faiss-sys crate, for AVX2 and, where it matters compiled again
# (faiss_v4.cmake), for AVX-512 in glibc-hwcaps/, where the C library's loader looks first on a CPU
# that has it. Programs link the first; which one they run with is the loader's choice.
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

wrong_crate() {
    die "the download of the crate faiss-sys $FAISS_CRATE_VERSION is not the file that setup/versions.sh expects (SHA-256 differs)" \
        "do not use it; try again, and if it stays so, check the crate registry that cargo is set to use"
}

if [[ ! -d $source_dir ]]; then
    need cargo cargo
    rm -rf "$work/fetch" "$work/vendor.part"
    # A copy, because cargo may want to write beside the manifest.
    cp -r "$LECTERN_SETUP_DIR/faiss-fetch" "$work/fetch"
    if ! (cd "$work/fetch" && cargo vendor "$work/vendor.part") >"$work/cargo.log" 2>&1; then
        cat "$work/cargo.log"
        ! grep -qi 'checksum' "$work/cargo.log" || wrong_crate
        die "downloading the crate faiss-sys $FAISS_CRATE_VERSION (FAISS $FAISS_VERSION) with cargo failed" \
            "check the network and the proxy settings, then run the same command again; finished steps are kept"
    fi
    # cargo has compared the file with the hash that it writes down here.
    grep -qF "\"package\":\"$FAISS_SHA256\"" "$work/vendor.part/faiss-sys/.cargo-checksum.json" || wrong_crate
    mv -T "$work/vendor.part" "$work/vendor"
fi

launcher_flags
# An interrupted build goes on where it stopped.
cmake -S "$source_dir" -B "$work/build" -G Ninja "${FAISS_CMAKE_FLAGS[@]}" "${LAUNCHER[@]}" \
    -DCMAKE_PROJECT_INCLUDE="$LECTERN_SETUP_DIR/steps/faiss_v4.cmake" \
    -DCMAKE_CXX_FLAGS="$FAISS_FLAGS_V3" -DLECTERN_FAISS_V4_FLAGS="$FAISS_FLAGS_V4" \
    -DCMAKE_INSTALL_PREFIX="$work/stage" -DCMAKE_INSTALL_LIBDIR=lib
cmake --build "$work/build" --target faiss faiss_v4 --parallel "$(jobs_count)"

rm -rf "$work/stage"
cmake --install "$work/build" --strip
mkdir -p "$work/stage/lib/glibc-hwcaps/x86-64-v4"
install -s -m 644 "$work/build/v4/libfaiss.so" "$work/stage/lib/glibc-hwcaps/x86-64-v4/libfaiss.so"
mkdir -p "$work/stage/licenses"
cp "$source_dir/LICENSE" "$work/stage/licenses/faiss"
mv -T "$work/stage" "$FAISS_DIR"
rm -rf "$work"
