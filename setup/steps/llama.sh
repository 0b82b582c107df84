#!/usr/bin/env bash
# llama.cpp from the source inside the llama-cpp-python source package: the llama
# library, ggml, and one ggml CPU backend per instruction set (see versions.sh).
set -euo pipefail
# shellcheck source=../paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../paths.sh"
# shellcheck source=../common.sh
source "$LECTERN_SETUP_DIR/common.sh"
# shellcheck source=../fetch.sh
source "$LECTERN_SETUP_DIR/fetch.sh"

with_lock llama
! artefact_ready llama || exit 0
need cmake cmake
need ninja ninja-build
need g++ g++

work=$LECTERN_CACHE/.work/$(basename -- "$LLAMA_DIR")
source_dir=$work/source
mkdir -p "$work"

if [[ ! -d $source_dir ]]; then
    fetch_python_package source llama-cpp-python "$LLAMA_VERSION" "$LLAMA_SHA256"
    rm -rf "$work/source.part"
    mkdir "$work/source.part"
    top=llama_cpp_python-$LLAMA_VERSION/vendor/llama.cpp
    tar -xzf "$FETCHED" -C "$work/source.part" --strip-components=3 \
        "$top/CMakeLists.txt" "$top/LICENSE" "$top/cmake" "$top/ggml" "$top/include" "$top/src" "$top/vendor"
    # ggml builds all of its CPU backends or one; keep only the wanted lines.
    list=$work/source.part/ggml/src/CMakeLists.txt
    keep=${LLAMA_CPU_VARIANTS// /|}
    sed -i -E "/ggml_add_cpu_backend_variant\(($keep)[ )]/! {
        s/^( *)ggml_add_cpu_backend_variant\(.*\)\$/\1# not built: &/ }" "$list"
    for variant in $LLAMA_CPU_VARIANTS; do
        grep -qE "^ *ggml_add_cpu_backend_variant\($variant " "$list" ||
            die "this version of ggml has no CPU variant \"$variant\"" \
                "set LLAMA_CPU_VARIANTS in setup/versions.sh to names from ggml/src/CMakeLists.txt"
    done
    mv -T "$work/source.part" "$source_dir"
fi

launcher_flags
cmake -S "$source_dir" -B "$work/build" -G Ninja "${LLAMA_CMAKE_FLAGS[@]}" "${LAUNCHER[@]}" \
    -DCMAKE_PROJECT_INCLUDE="$LECTERN_SETUP_DIR/steps/llama_unity.cmake" \
    -DCMAKE_INSTALL_PREFIX="$work/stage" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_BINDIR=lib/ggml \
    "-DCMAKE_INSTALL_RPATH=\$ORIGIN;\$ORIGIN/.."
cmake --build "$work/build" --target llama --parallel "$(jobs_count)"

rm -rf "$work/stage"
cmake --install "$work/build" --strip
mkdir -p "$work/stage/licenses"
cp "$source_dir/LICENSE" "$work/stage/licenses/llama.cpp"
mv -T "$work/stage" "$LLAMA_DIR"
rm -rf "$work"
forget_download llama-cpp-python "$LLAMA_VERSION"
