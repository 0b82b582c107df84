#!/usr/bin/env bash
# Makes what Lectern needs and the distribution does not have, in the per-user cache:
#   setup/third-party.sh [openvino|faiss|llama|bert|gpt|clients|python|translate]…
#                        (default: all but the last three)
set -euo pipefail
# shellcheck source=paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/paths.sh"
# shellcheck source=common.sh
source "$LECTERN_SETUP_DIR/common.sh"

title() {
    case $1 in
        openvino) echo "OpenVINO $OPENVINO_VERSION (download 60 MB)" ;;
        faiss) echo "FAISS $FAISS_VERSION (compile for AVX2 and for AVX-512, some minutes)" ;;
        llama) echo "llama.cpp of $LLAMA_VERSION (download 77 MB, compile, some minutes)" ;;
        bert) echo "model $BERT_NAME (download 84 MB)" ;;
        clients) echo "test clients (Python and Node packages, into the cache)" ;;
        python) echo "what the Python package is tested with (into the cache)" ;;
        gpt) echo "model $GPT_NAME (download 93 MB, requantise to Q8_0)" ;;
        translate) echo "models for the tests of translation (download 34 MB)" ;;
        *)
            echo "error: setup/third-party.sh knows no \"$1\"; it knows: openvino faiss llama bert gpt clients python translate" >&2
            return 1
            ;;
    esac
}

if [[ $(uname -m) != x86_64 ]]; then
    echo "error: the pinned third-party builds are for x86-64, this machine is $(uname -m)" >&2
    echo "  what to do: install OpenVINO, FAISS and llama.cpp yourself and pass CMAKE_PREFIX_PATH to cmake" >&2
    exit 1
fi

names=("$@")
((${#names[@]} > 0)) || names=(openvino faiss llama bert gpt)
for name in "${names[@]}"; do
    text=$(title "$name")
    if artefact_ready "$name"; then
        skip_step "${text%% (*}" "done"
    else
        run_step "$name" "$text" "$LECTERN_CACHE/logs/$name.log" bash "$LECTERN_SETUP_DIR/steps/$name.sh"
    fi
done
